# Reference values for beta-binomial regression (glmmTMB) and penalised logistic regression (brglm,
# with the profile penalised likelihood maximised by optim on the full matrix).
# Run in this folder:  Rscript rare_events.R   (Debian: r-cran-glmmtmb r-cran-brglm)
suppressMessages({library(glmmTMB); library(brglm)})

data <- list(
  nielweise2007 = list(
    x1 = c(0, 1, 2, 0, 5, 1, 1, 1, 1, 1, 0, 0, 3, 6, 0, 0, 1, 4),
    n1 = c(116, 44, 208, 130, 151, 98, 174, 74, 97, 113, 66, 70, 188, 187, 118, 252, 345, 64),
    x2 = c(3, 3, 9, 7, 6, 4, 3, 2, 19, 2, 7, 1, 5, 11, 0, 1, 3, 1),
    n2 = c(117, 35, 195, 136, 157, 139, 177, 39, 103, 122, 64, 58, 175, 180, 105, 262, 362, 69)),
  lee2004 = list(
    x1 = c(18, 5, 9, 32, 9, 11, 69, 3, 1, 11, 7, 4, 1, 24, 16, 28),
    n1 = c(100, 50, 20, 135, 23, 18, 122, 25, 30, 30, 44, 47, 30, 40, 50, 110),
    x2 = c(20, 18, 7, 31, 10, 12, 80, 12, 1, 19, 16, 6, 13, 71, 53, 25),
    n2 = c(100, 50, 20, 139, 23, 18, 122, 25, 30, 30, 39, 47, 30, 80, 88, 111)),
  empty_arm = list(x1 = c(0, 0, 0), n1 = c(10, 20, 5), x2 = c(3, 2, 1), n2 = c(10, 20, 6)))

long <- function(d) data.frame(
  x = c(d$x1, d$x2), n = c(d$n1, d$n2), arm = rep(c(1, 0), each = length(d$x1)),
  study = factor(rep(seq_along(d$x1), 2)))

beta_binomial <- function(d) {
  f <- glmmTMB(cbind(x, n - x) ~ arm, family = betabinomial(), data = long(d),
    control = glmmTMBControl(optCtrl = list(iter.max = 5000, eval.max = 5000, rel.tol = 1e-14)))
  list(estimate = fixef(f)$cond[["arm"]], intercept = fixef(f)$cond[["(Intercept)"]],
       se = sqrt(vcov(f)$cond["arm", "arm"]), rho = 1 / (1 + sigma(f)), loglik = as.numeric(logLik(f)))
}

penalised <- function(d) {
  l <- long(d)
  f <- suppressWarnings(brglm(cbind(x, n - x) ~ study + arm, family = binomial, data = l, pl = TRUE,
             control.brglm = brglm.control(br.epsilon = 1e-12, br.maxit = 10000)))
  X <- model.matrix(~ study + arm, l)
  loglik <- function(b) {
    e <- drop(X %*% b); w <- l$n * plogis(e) * plogis(-e)
    sum(l$x * plogis(e, log.p = TRUE) + (l$n - l$x) * plogis(-e, log.p = TRUE)) +
      0.5 * as.numeric(determinant(crossprod(X, X * w))$modulus)
  }
  top <- loglik(coef(f))
  profile <- function(theta) {
    start <- coef(f)[-ncol(X)]
    g <- function(a) -loglik(c(a, theta))
    o <- optim(start, g, method = "BFGS", control = list(maxit = 5000, reltol = 1e-15))
    o <- optim(o$par, g, method = "BFGS", control = list(maxit = 5000, reltol = 1e-16))
    -o$value
  }
  b <- coef(f)[["arm"]]; s <- sqrt(vcov(f)["arm", "arm"])
  gap <- function(t) profile(t) - top + qchisq(0.95, 1) / 2
  list(estimate = b, se = s, loglik = top, lrt = 2 * (top - profile(0)),
       low = uniroot(gap, c(b - 8 * s, b), tol = 1e-10)$root,
       high = uniroot(gap, c(b, b + 8 * s), tol = 1e-10)$root)
}

show <- function(x) paste0("{", paste(sprintf("\"%s\": %.17g", names(x), unlist(x)), collapse = ", "), "}")
column <- function(x) paste0("[", paste(x, collapse = ", "), "]")
blocks <- sapply(names(data), function(n) {
  d <- data[[n]]
  fits <- paste0("      \"penalised\": ", show(penalised(d)))
  if (n != "empty_arm") fits <- paste0(fits, ",\n      \"beta_binomial\": ", show(beta_binomial(d)))
  paste0("    \"", n, "\": {\n", paste(sprintf("      \"%s\": %s", names(d), sapply(d, column)), collapse = ",\n"),
         ",\n", fits, "\n    }")
})
cat("{\n  \"source\": {\"program\": \"", R.version.string, "\", \"package\": \"glmmTMB ",
    as.character(packageVersion("glmmTMB")), ", brglm ", as.character(packageVersion("brglm")),
    "\", \"call\": \"glmmTMB(family = betabinomial()), brglm(pl = TRUE); see rare_events.R\"},\n  \"data\": {\n",
    paste(blocks, collapse = ",\n"), "\n  }\n}\n", sep = "", file = "rare_events.json")
