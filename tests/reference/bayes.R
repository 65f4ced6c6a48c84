# Reference values for the Bayesian normal-normal model, from R's own quadrature.
# Run in this folder:  Rscript bayes.R
# No package is used: prior times likelihood is integrated over u = log(tau) with stats::integrate
# on pieces, and the posterior probabilities below are ratios of such integrals.

y <- c(-0.60, 0.15, -0.35, -1.10)
se <- c(0.30, 0.25, 0.45, 0.60)

priors <- list(
  `half-normal` = function(t) sqrt(2 / pi) / 0.5 * exp(-t^2 / (2 * 0.5^2)),
  `half-cauchy` = function(t) 2 * dcauchy(t, scale = 0.5),
  `half-t` = function(t) 2 * dt(t / 0.5, df = 3) / 0.5,
  uniform = function(t) dunif(t, 0, 4),
  `improper-uniform` = function(t) rep(1, length(t)),
  exponential = function(t) dexp(t, rate = 2),
  `log-normal` = function(t) dlnorm(t, -3.95 / 2, 1.34 / 2),
  `log-t` = function(t) dt((log(t) + 3.44 / 2) / (2.59 / 2), df = 5) / (2.59 / 2) / t)
tops <- list(uniform = 4)

given <- function(tau, m0 = NA, s0 = NA) {
  w <- 1 / (se^2 + tau^2)
  p <- sum(w); s <- sum(w * y); extra <- 0; const <- 0
  if (!is.na(s0)) { p <- p + 1 / s0^2; s <- s + m0 / s0^2 }
  m <- s / p
  if (!is.na(s0)) { extra <- ((m - m0) / s0)^2; const <- -0.5 * log(2 * pi * s0^2) }
  c(loglik = -length(y) / 2 * log(2 * pi) - 0.5 * sum(log(se^2 + tau^2)) + const +
      0.5 * log(2 * pi / p) - 0.5 * (sum(w * (y - m)^2) + extra), mean = m, sd = 1 / sqrt(p))
}

whole <- function(prior, f, top, mu, from = -300) {
  h <- function(u) sapply(u, function(x) {
    t <- exp(x); g <- given(t, mu[1], mu[2])
    exp(g[["loglik"]]) * prior(t) * t * f(t, g)
  })
  cuts <- c(seq(-300, -40, 20), seq(-38, -12, 2), seq(-11, 10, 0.25), seq(12, 40, 2), seq(60, 300, 20))
  cuts <- c(from, cuts[cuts > from & cuts < log(top)], min(log(top), 300))
  sum(mapply(function(a, b)
    integrate(h, a, b, rel.tol = 1e-13, abs.tol = 0, subdivisions = 400, stop.on.error = FALSE)$value,
    head(cuts, -1), tail(cuts, -1)))
}

one <- function(name, mu) {
  prior <- priors[[name]]
  top <- if (is.null(tops[[name]])) Inf else tops[[name]]
  z <- whole(prior, function(t, g) 1, top, mu)
  part <- function(f) whole(prior, f, top, mu) / z
  list(log_evidence = log(z),
       mu_mean = part(function(t, g) g[["mean"]]),
       mu_below_0 = part(function(t, g) pnorm(0, g[["mean"]], g[["sd"]])),
       mu_below_minus1 = part(function(t, g) pnorm(-1, g[["mean"]], g[["sd"]])),
       new_below_0 = part(function(t, g) pnorm(0, g[["mean"]], sqrt(g[["sd"]]^2 + t^2))),
       new_above_0.5 = part(function(t, g) pnorm(0.5, g[["mean"]], sqrt(g[["sd"]]^2 + t^2), lower = FALSE)),
       tau_mean = part(function(t, g) t),
       tau_above_0.1 = whole(prior, function(t, g) 1, top, mu, log(0.1)) / z,
       tau_above_1 = whole(prior, function(t, g) 1, top, mu, 0) / z,
       theta_1 = part(function(t, g) (y[1] * t^2 + g[["mean"]] * se[1]^2) / (t^2 + se[1]^2)))
}

show <- function(x) paste0("{", paste(sprintf("\"%s\": %.17g", names(x), unlist(x)), collapse = ", "), "}")
rows <- sapply(names(priors), function(n) paste0(
  "    \"", n, "\": {\n      \"flat\": ", show(one(n, c(NA, NA))),
  ",\n      \"normal\": ", show(one(n, c(0.2, 1.5))), "\n    }"))
cat("{\n  \"source\": {\"program\": \"", R.version.string, "\", \"package\": \"stats\", \"call\": \"integrate(), in pieces; see bayes.R\"},\n",
    "  \"y\": [", paste(y, collapse = ", "), "],\n  \"se\": [", paste(se, collapse = ", "), "],\n",
    "  \"mu_prior\": [0.2, 1.5],\n  \"priors\": {\n", paste(rows, collapse = ",\n"), "\n  }\n}\n",
    sep = "", file = "bayes.json")
