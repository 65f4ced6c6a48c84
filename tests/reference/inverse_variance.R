# Reference values for inverse-variance pooling, from metafor with tight convergence.
# Run in this folder:  Rscript inverse_variance.R
suppressMessages(library(metafor))

tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)

number <- function(x) {
  out <- ifelse(is.na(x), "null", sprintf("%.17g", x))
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
text <- function(x) {
  out <- paste0("\"", gsub("\"", "'", as.character(x)), "\"")
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
json <- function(x, indent = "") {
  if (is.list(x)) {
    inner <- paste0(indent, "  ")
    parts <- mapply(function(n, v) paste0(inner, "\"", n, "\": ", json(v, inner)), names(x), x)
    paste0("{\n", paste(parts, collapse = ",\n"), "\n", indent, "}")
  } else if (is.numeric(x)) number(x) else if (is.logical(x) && all(is.na(x))) "null" else text(x)
}

interval <- function(fit) list(
  estimate = as.numeric(fit$beta), se = fit$se, statistic = fit$zval, p_value = fit$pval,
  ci = c(fit$ci.lb, fit$ci.ub))

# The generalised Q statistic with weights a: its distribution by the eigenvalues of the
# quadratic form and Imhof's integral (doi:10.1093/biomet/48.3-4.419), in base R alone.
form_of <- function(yi, vi, a) {
  A <- diag(a) - outer(a, a) / sum(a)
  q <- as.numeric(t(yi) %*% A %*% yi)
  lower <- function(t) {
    s <- sqrt(vi + t)
    lambda <- eigen(A * outer(s, s), symmetric = TRUE, only.values = TRUE)$values
    lambda <- lambda[lambda > 1e-10 * max(lambda)]
    # u = exp(x) makes the trapezoidal rule converge geometrically.
    x <- seq(-36, 12, by = 0.002) - log(max(lambda))
    u <- exp(x)
    theta <- -0.5 * q * u
    log_rho <- 0
    for (l in lambda) {
      theta <- theta + 0.5 * atan(l * u)
      log_rho <- log_rho + 0.25 * log1p((l * u)^2)
    }
    0.5 - sum(sin(theta) * exp(-log_rho)) * 0.002 / pi
  }
  list(A = A, q = q, lower = lower)
}
root_of <- function(form, p, top) {
  g <- function(t) form$lower(t) - p
  if (g(0) <= 0) return(0)
  uniroot(g, c(0, top), tol = 1e-14, maxiter = 10000)$root
}
generalised <- function(yi, vi) {
  limits <- function(a) {
    form <- form_of(yi, vi, a)
    top <- 1e4 * max(var(yi), max(vi))
    out <- list(low = root_of(form, 0.975, top), high = root_of(form, 0.025, top),
                    empty = as.numeric(form$lower(0) < 0.025), median = root_of(form, 0.5, top))
    out
  }
  list(J = limits(1 / sqrt(vi)), BJ = limits(1 / vi))
}

two_step <- function(yi, vi, first) {
  t0 <- rma(yi, vi, method = first)$tau2
  rma(yi, vi, method = "GENQ", weights = 1 / (vi + t0))$tau2
}

# Kenward and Roger's adjustment by their matrices (doi:10.2307/2533558), for one mean; the
# degrees of freedom use the adjusted variance throughout, as the R package meta does.
kenward_roger <- function(yi, vi) {
  tau2 <- rma(yi, vi, method = "REML", control = tight)$tau2
  k <- length(yi)
  X <- matrix(1, k, 1)
  S <- diag(1 / (vi + tau2))
  Phi <- solve(t(X) %*% S %*% X)
  P <- -t(X) %*% S %*% S %*% X
  Q <- t(X) %*% S %*% S %*% S %*% X
  information <- sum(diag(S %*% S)) - sum(diag(2 * Phi %*% Q)) + sum(diag(Phi %*% P %*% Phi %*% P))
  W <- solve(0.5 * information)
  adjusted <- Phi + 2 * Phi %*% (as.numeric(W) * (Q - P %*% Phi %*% P)) %*% Phi
  Theta <- solve(adjusted)
  A1 <- as.numeric(W) * sum(diag(Theta %*% adjusted %*% P %*% adjusted))^2
  A2 <- as.numeric(W) * sum(diag(Theta %*% adjusted %*% P %*% adjusted %*% Theta %*% adjusted %*% P %*% adjusted))
  B <- (A1 + 6 * A2) / 2
  g <- (2 * A1 - 5 * A2) / (3 * A2)
  c1 <- g / (3 + 2 * (1 - g)); c2 <- (1 - g) / (3 + 2 * (1 - g)); c3 <- (3 - g) / (3 + 2 * (1 - g))
  E <- 1 / (1 - A2)
  V <- 2 * (1 + c1 * B) / ((1 - c2 * B)^2 * (1 - c3 * B))
  rho <- V / (2 * E^2)
  df <- 4 + 3 / (rho - 1)
  mu <- as.numeric(Phi %*% t(X) %*% S %*% yi)
  se <- sqrt(as.numeric(adjusted))
  spread <- sqrt(se^2 + tau2)
  list(estimate = mu, se = se, df = df, ci = mu + c(-1, 1) * qt(0.975, df) * se,
       KR = mu + c(-1, 1) * qt(0.975, df) * spread,
       `KR-PR` = if (df > 1) mu + c(-1, 1) * qt(0.975, df - 1) * spread else NA)
}

one_method <- function(yi, vi, method) {
  fit <- function(test)
    suppressWarnings(rma(yi, vi, method = method, test = test, control = tight))
  z <- try(fit("z"), silent = TRUE)
  if (inherits(z, "try-error")) return(list(failed = "metafor: Fisher scoring did not converge"))
  pi_of <- function(f, ...) { p <- predict(f, ...); c(p$pi.lb, p$pi.ub) }
  out <- list(tau2 = z$tau2, i2 = z$I2 / 100, h2 = z$H2,
    ci = list(wald = interval(z), t = interval(fit("t")), HKSJ = interval(fit("knha")),
              `HKSJ-adhoc` = interval(fit("adhoc"))))
  if (method != "EE") {
    # "riley" in lower case: 3.8-1 takes any other spelling for the normal interval.
    out$prediction <- list(S = pi_of(z), V = pi_of(fit("t")), HK = pi_of(fit("knha")),
                           HTS = pi_of(z, pi.type = "riley"), `HK-adhoc` = pi_of(fit("adhoc")),
                           `HK-PR` = pi_of(fit("knha"), pi.type = "riley"),
                           `HK-PR-adhoc` = pi_of(fit("adhoc"), pi.type = "riley"))
    # Without tau2.max the search ends at 10 times the estimate and returns that as the limit.
    qp <- try(confint(z, control = c(tight, list(tau2.max = 1000 * max(z$tau2, var(yi))))), silent = TRUE)
    if (!inherits(qp, "try-error"))
      out$tau2_ci <- list(QP = list(low = qp$random[1, 2], high = qp$random[1, 3],
                                    i2 = qp$random[3, 2:3] / 100, sign = qp$lb.sign))
    if (method %in% c("ML", "REML")) {
      # metafor 3.8-1 has no profile likelihood interval; its log-likelihood given tau2 has.
      level <- function(t) as.numeric(logLik(rma(yi, vi, method = method, tau2 = t)))
      gap <- function(t) level(t) - level(z$tau2) + qchisq(0.95, 1) / 2
      root <- function(a, b) uniroot(gap, c(a, b), tol = 1e-15, maxiter = 10000)$root
      out$tau2_pl <- list(low = if (gap(0) >= 0) 0 else root(0, z$tau2),
                          high = root(z$tau2, 1e4 * max(var(yi), max(vi))))
    }
  }
  out
}

write_case <- function(name, call, yi, vi, inputs = list(), measure = NA) {
  yi <- as.numeric(yi)
  vi <- as.numeric(vi)
  methods <- c("EE", "DL", "ML", "REML", "PM", "EB", "PMM", "HE", "HS", "HSk", "SJ")
  fits <- lapply(setNames(methods, methods), function(m) one_method(yi, vi, m))
  form <- generalised(yi, vi)
  other <- list(
    tau2 = list(DL2 = two_step(yi, vi, "DL"), HE2 = two_step(yi, vi, "HE"),
                GENQ = rma(yi, vi, method = "GENQ", weights = 1 / sqrt(vi))$tau2,
                GENQM = form$J$median),
    form = form, kenward_roger = try(kenward_roger(yi, vi), silent = TRUE))
  if (inherits(other$kenward_roger, "try-error")) other$kenward_roger <- list(failed = "no REML fit")
  # Given weights, rma() keeps tau2 in the variance of the weighted mean: IVhet.
  iv <- rma(yi, vi, method = "DL", weights = 1 / vi)
  other$ivhet <- interval(iv)
  z <- rma(yi, vi, method = "EE")
  out <- list(
    source = list(package = "metafor", version = as.character(packageVersion("metafor")),
                  r = paste(R.version$major, R.version$minor, sep = "."), call = call,
                  control = "list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)",
                  script = "inverse_variance.R"),
    measure = measure, inputs = inputs, yi = yi, vi = vi,
    q = z$QE, q_p = z$QEp, fits = fits, other = other)
  writeLines(json(out), paste0(name, ".json"))
}

counts <- function(a, n1, c, n2)
  list(events_1 = as.numeric(a), total_1 = as.numeric(n1),
       events_2 = as.numeric(c), total_2 = as.numeric(n2))

bcg <- dat.bcg
bcg_counts <- counts(bcg$tpos, bcg$tpos + bcg$tneg, bcg$cpos, bcg$cpos + bcg$cneg)
for (m in c("RR", "OR", "RD")) {
  d <- escalc(m, ai = tpos, bi = tneg, ci = cpos, di = cneg, data = bcg)
  write_case(paste0("bcg_", m), sprintf('escalc("%s", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)', m),
             d$yi, d$vi, c(bcg_counts, list(label = paste(bcg$author, bcg$year), alloc = bcg$alloc)), m)
}

d <- dat.hine1989
e <- escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d)
write_case("hine1989_RD", 'escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.hine1989)',
           e$yi, e$vi, counts(d$ai, d$n1i, d$ci, d$n2i), "RD")

d <- dat.collins1985b
e <- escalc("OR", ai = pre.xti, n1i = pre.nti, ci = pre.xci, n2i = pre.nci, data = d)
write_case("collins1985b_OR", 'escalc("OR", ai = pre.xti, n1i = pre.nti, ci = pre.xci, n2i = pre.nci, data = dat.collins1985b)',
           e$yi, e$vi, counts(d$pre.xti, d$pre.nti, d$pre.xci, d$pre.nci), "OR")

# Many zero cells; double-zero studies left out.
d <- dat.nielweise2007
for (m in c("OR", "RR")) {
  e <- escalc(m, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d, drop00 = TRUE)
  ok <- !is.na(e$yi)
  write_case(paste0("nielweise2007_", m),
             sprintf('escalc("%s", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.nielweise2007, drop00 = TRUE)', m),
             e$yi[ok], e$vi[ok], counts(d$ai[ok], d$n1i[ok], d$ci[ok], d$n2i[ok]), m)
}

d <- dat.normand1999
e <- escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = d)
write_case("normand1999_MD", 'escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)',
           e$yi, e$vi, list(mean_1 = d$m1i, sd_1 = d$sd1i, total_1 = as.numeric(d$n1i),
                            mean_2 = d$m2i, sd_2 = d$sd2i, total_2 = as.numeric(d$n2i)), "MD")

d <- dat.hackshaw1998
write_case("hackshaw1998_OR", "dat.hackshaw1998 (yi, vi as given)", d$yi, d$vi, list(), NA)
d <- dat.raudenbush1985
write_case("raudenbush1985", "dat.raudenbush1985 (yi, vi as given)", d$yi, d$vi, list(), NA)

# Every other measure once, on the data of a published meta-analysis; studies without an
# estimate left out. `columns` gives our names of the inputs.
arms <- c(ai = "events_1", n1i = "total_1", ci = "events_2", n2i = "total_2")
means <- c(m1i = "mean_1", sd1i = "sd_1", n1i = "total_1", m2i = "mean_2", sd2i = "sd_2", n2i = "total_2")
rates <- c(x1i = "events_1", t1i = "time_1", x2i = "events_2", t2i = "time_2")
one <- c(xi = "events", ni = "total")
measured <- function(name, measure, data, columns, label, ...) {
  # Names of escalc's arguments are the names of `columns`; the data have columns of that name.
  given <- lapply(data[names(columns)], as.numeric)
  e <- do.call(escalc, c(list(measure = measure), given, list(...)))
  ok <- !is.na(e$yi) & !is.na(e$vi)
  extra <- list(...)
  options <- if (length(extra)) paste0(", ", names(extra), " = \"", extra, "\"", collapse = "") else ""
  call <- sprintf('escalc("%s", %s, data = %s%s)', measure,
                  paste(names(columns), "=", names(columns), collapse = ", "), label, options)
  write_case(name, call, e$yi[ok], e$vi[ok], setNames(lapply(given, function(x) x[ok]), columns), measure)
}
bcg4 <- data.frame(ai = bcg$tpos, n1i = bcg$tpos + bcg$tneg, ci = bcg$cpos, n2i = bcg$cpos + bcg$cneg)
for (m in c("AS", "PETO")) measured(paste0("bcg_", m), m, bcg4, arms, "dat.bcg")
for (m in c("ROM", "VR")) measured(paste0("curtis1998_", m), m, dat.curtis1998, means, "dat.curtis1998")
damico <- with(dat.damico2009, data.frame(ai = xt, n1i = nt, ci = xc, n2i = nc))
measured("damico2009_OR", "OR", damico, arms, "dat.damico2009 (xt, nt, xc, nc)")
measured("gibson2002_SMD", "SMD", dat.gibson2002, means, "dat.gibson2002")
for (m in c("IRR", "IRSD")) measured(paste0("hart1999_", m), m, dat.hart1999, rates, "dat.hart1999")
measured("lee2004_OR", "OR", dat.lee2004, arms, "dat.lee2004")
measured("molloy2014_ZCOR", "ZCOR", dat.molloy2014, c(ri = "r", ni = "total"), "dat.molloy2014")
# Double-zero studies kept, half added to every cell: pooled like any other study.
measured("nielweise2007_OR_all", "OR", dat.nielweise2007, arms, "dat.nielweise2007")
measured("normand1999_SMD", "SMD", dat.normand1999, means, "dat.normand1999")
for (v in c("AV", "UB"))
  measured(paste0("normand1999_SMD_", v), "SMD", dat.normand1999, means, "dat.normand1999", vtype = v)
for (m in c("PFT", "PLO", "PR")) measured(paste0("pritz1997_", m), m, dat.pritz1997, one, "dat.pritz1997")
measured("yusuf1985_PETO", "PETO", subset(dat.yusuf1985, table == "6"), arms,
         'subset(dat.yusuf1985, table == "6")')

# Zero cells one by one: what escalc does with each policy.
a <- c(0, 3, 10, 10, 0, 10, 4, 2.5); n1 <- c(100, 60, 10, 10, 40, 10, 50, 30.5)
c <- c(3, 0, 5, 8, 0, 0, 9, 4);      n2 <- c(50, 55, 10, 12, 45, 9, 48, 29)
policies <- list(
  default = list(add = 1/2, to = "only0", drop00 = TRUE),
  keep = list(add = 1/2, to = "only0", drop00 = FALSE),
  all = list(add = 1/2, to = "all", drop00 = TRUE),
  tenth = list(add = 1/10, to = "only0", drop00 = TRUE),
  none = list(add = 1/2, to = "none", drop00 = FALSE))
measures <- list()
for (m in c("RR", "OR", "RD")) {
  rows <- list()
  for (p in names(policies)) {
    q <- policies[[p]]
    e <- suppressWarnings(escalc(m, ai = a, n1i = n1, ci = c, n2i = n2, add = q$add, to = q$to, drop00 = q$drop00))
    rows[[p]] <- list(yi = as.numeric(ifelse(is.finite(e$yi), e$yi, NA)),
                      vi = as.numeric(ifelse(is.finite(e$vi), e$vi, NA)))
  }
  measures[[m]] <- rows
}
writeLines(json(list(
  source = list(package = "metafor", version = as.character(packageVersion("metafor")),
                r = paste(R.version$major, R.version$minor, sep = "."),
                call = "escalc(measure, ai = a, n1i = n1, ci = c, n2i = n2, add =, to =, drop00 =)",
                script = "inverse_variance.R"),
  inputs = counts(a, n1, c, n2), measures = measures)), "zero_cells.json")

# Hazard ratios: interval to standard error.
est <- c(0.77, 1.25, 0.5); low <- c(0.68, 0.9, 0.31); high <- c(0.87, 1.74, 0.81)
# metafor 3.8-1 has no conv.wald() yet; this is what later versions compute.
x <- list(yi = log(est), vi = ((log(high) - log(low)) / (2 * qnorm(.975)))^2)
writeLines(json(list(
  source = list(package = "base R", version = paste(R.version$major, R.version$minor, sep = "."),
                call = "log(est); ((log(high) - log(low)) / (2 * qnorm(.975)))^2", script = "inverse_variance.R"),
  inputs = list(value = est, low = low, high = high),
  yi = as.numeric(x$yi), vi = as.numeric(x$vi))), "reported_HR.json")

# Subgroups of BCG by allocation: separate and common tau2; leave-one-out.
d <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = bcg)
groups <- unique(d$alloc)
separate <- lapply(groups, function(g) rma(yi, vi, data = d[d$alloc == g, ], control = tight))
between <- rma(sapply(separate, function(f) as.numeric(f$beta)), sapply(separate, function(f) f$se^2), method = "EE")
common <- rma(yi, vi, mods = ~ factor(alloc), data = d, control = tight)
loo <- list()
for (m in c("DL", "REML", "PM", "ML")) {
  fits <- lapply(1:13, function(i) rma(yi, vi, data = d[-i, ], method = m, test = "knha", control = tight))
  loo[[m]] <- list(estimate = sapply(fits, function(f) as.numeric(f$beta)),
                   se = sapply(fits, function(f) f$se), tau2 = sapply(fits, function(f) f$tau2),
                   ci_low = sapply(fits, function(f) f$ci.lb))
}
writeLines(json(list(
  source = list(package = "metafor", version = as.character(packageVersion("metafor")),
                r = paste(R.version$major, R.version$minor, sep = "."),
                call = "rma(yi, vi, data = escalc(\"RR\", ..., data = dat.bcg)) by alloc; mods = ~ factor(alloc); one study left out",
                control = "list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)", script = "inverse_variance.R"),
  separate = list(groups = groups, estimate = sapply(separate, function(f) as.numeric(f$beta)),
                  se = sapply(separate, function(f) f$se), tau2 = sapply(separate, function(f) f$tau2),
                  q_between = between$QE, p_value = between$QEp),
  common = list(tau2 = common$tau2, q_between = common$QM, p_value = common$QMp,
                dl_tau2 = rma(yi, vi, mods = ~ factor(alloc), data = d, method = "DL")$tau2,
                pm_tau2 = rma(yi, vi, mods = ~ factor(alloc), data = d, method = "PM", control = tight)$tau2),
  leave_one_out = loo)), "bcg_RR_subsets.json")
