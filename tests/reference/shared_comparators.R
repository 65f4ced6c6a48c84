# Contrasts that share a comparator arm: their covariance and what follows from it.
# Run in this folder:  Rscript shared_comparators.R
# Three trials with one control each (Gleser & Olkin 2009, Table 19.2 as printed in its examples),
# pooled with metafor; and the delta method by numerical derivatives of whole trials.
suppressMessages(library(metafor))
number <- function(x) {
  out <- sprintf("%.17g", x)
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
matrix_json <- function(m) paste0("[", paste(apply(m, 1, function(r) number(as.numeric(r))), collapse = ", "), "]")
rows <- list()
dat <- data.frame(study = c(1, 1, 2, 3, 3, 3), trt = c(1, 2, 1, 1, 2, 3),
                  ci = c(100, 150, 15, 40, 80, 50), n2i = c(4000, 4000, 400, 1000, 1000, 1000),
                  ai = c(40, 40, 10, 150, 150, 150), n1i = c(1000, 1000, 200, 2000, 2000, 2000))
arm <- list(RD = "PR", RR = "PLN", OR = "PLO", AS = "PAS")
for (measure in names(arm)) {
  d <- escalc(measure, ai = ci, n1i = n2i, ci = ai, n2i = n1i, data = dat)
  control <- escalc(arm[[measure]], xi = ai, ni = n1i, data = dat)
  V <- bldiag(lapply(split(seq_len(nrow(d)), d$study), function(i) {
    v <- matrix(control$vi[i[1]], length(i), length(i)); diag(v) <- d$vi[i]; v }))
  fit <- rma.mv(yi, V, mods = ~ factor(trt) - 1, data = d)
  rows[[measure]] <- paste0('"yi": ', number(as.numeric(d$yi)), ', "V": ', matrix_json(V), ', "coef": ',
    number(as.numeric(coef(fit))), ', "vcov": ', matrix_json(vcov(fit)))
}
# The delta method: moments of each arm's statistics, gradients by central differences. D and SMD1
# assume one standard deviation, in large samples: n in place of n - 1. SMDH has n - 1 throughout.
mean_ <- c(10, 11.5, 9); sd_ <- c(2, 3, 2.5); n <- c(40, 25, 30)
gradient <- function(f, at) sapply(seq_along(at), function(i) {
  h <- 1e-5 * abs(at[i]); up <- down <- at; up[i] <- up[i] + h; down[i] <- down[i] - h; (f(up) - f(down)) / (2 * h) })
delta <- function(f, sds = sd_, freedom = n - 1, people = n) {
  # Means and variances of normal data are independent: var(mean) = s^2/n, var(s^2) = 2 s^4/(n - 1).
  at <- c(mean_, sds^2)
  G <- gradient(f, at)
  G %*% diag(c(sds^2 / people, 2 * sds^4 / freedom)) %*% t(G)
}
pooled <- function(x, i) sqrt((n[i] * x[3 + i] + n[3] * x[6]) / (n[i] + n[3]))
shared <- list(
  MD = function(x) c(x[1] - x[3], x[2] - x[3]),
  ROM = function(x) log(c(x[1] / x[3], x[2] / x[3])),
  VR = function(x) 0.5 * log(c(x[4] / x[6], x[5] / x[6])),
  CVR = function(x) log(c(sqrt(x[4]) / x[1], sqrt(x[5]) / x[2]) / (sqrt(x[6]) / x[3])),
  D = function(x) c((x[1] - x[3]) / pooled(x, 1), (x[2] - x[3]) / pooled(x, 2)),
  SMDH = function(x) c(x[1] - x[3], x[2] - x[3]) / sqrt((x[4:5] + x[6]) / 2),
  SMD1 = function(x) c(x[1] - x[3], x[2] - x[3]) / sqrt(x[6]))
for (measure in names(shared)) {
  one <- measure %in% c("D", "SMD1")
  v <- if (one) delta(shared[[measure]], rep(2.5, 3), n) else
    delta(shared[[measure]], people = if (measure == "SMDH") n - 1 else n)
  rows[[measure]] <- paste0('"V": ', matrix_json(v))
}
# With one standard deviation in all arms vcalc() is exact for mean differences.
e <- escalc("MD", m1i = mean_[1:2], sd1i = rep(2.5, 2), n1i = n[1:2], m2i = rep(mean_[3], 2), sd2i = rep(2.5, 2), n2i = rep(n[3], 2))
d <- data.frame(vi = e$vi, trial = 1, one = c("a", "b"), two = "control", w1 = n[1:2], w2 = n[3])
rows$vcalc <- paste0('"V": ', matrix_json(vcalc(vi, cluster = trial, grp1 = one, grp2 = two, w1 = w1, w2 = w2, data = d)))
body <- paste(mapply(function(m, r) paste0('    "', m, '": {', r, "}"), names(rows), rows), collapse = ",\n")
writeLines(paste0('{\n  "source": {"package": "metafor", "version": "', packageVersion("metafor"), '", "r": "',
  R.version$major, ".", R.version$minor, '", "call": "escalc(); rma.mv(yi, V, mods = ~ factor(trt) - 1); vcalc(vi, cluster, grp1, grp2, w1, w2)", "script": "shared_comparators.R"},\n',
  '  "counts": {"trial": ', number(dat$study), ', "treatment": ', number(dat$trt), ', "events": ', number(dat$ci), ', "total": ', number(dat$n2i),
  ', "control_events": ', number(dat$ai), ', "control_total": ', number(dat$n1i), '},\n',
  '  "means": {"mean": ', number(mean_), ', "sd": ', number(sd_), ', "n": ', number(n), '},\n',
  '  "measures": {\n', body, "\n  }\n}"), "shared_comparators.json")
