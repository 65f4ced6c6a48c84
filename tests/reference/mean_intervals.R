# Intervals of the mean that are not a standard error and a quantile. Run in this folder, after
# inverse_variance.R:  Rscript mean_intervals.R
suppressMessages(library(metafor))

number <- function(x) {
  out <- ifelse(is.na(x), "null", sprintf("%.17g", x))
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
json <- function(x, indent = "") {
  if (is.list(x)) {
    inner <- paste0(indent, "  ")
    parts <- mapply(function(n, v) paste0(inner, "\"", n, "\": ", json(v, inner)), names(x), x)
    paste0("{\n", paste(parts, collapse = ",\n"), "\n", indent, "}")
  } else if (is.numeric(x)) number(x) else paste0("\"", gsub("\"", "'", x), "\"")
}

# The profile likelihood, as it is defined: for every mean the highest likelihood over tau2, by a
# grid and a golden section; the limits by bisection. Base R only.
likelihood <- function(yi, vi, mu, t, restricted) {
  w <- 1 / (vi + t)
  0.5 * (sum(log(w)) - sum(w * (yi - mu)^2) - if (restricted) log(sum(w)) else 0)
}
highest <- function(f, top) {
  t <- c(0, exp(seq(log(1e-6 * top), log(top), length.out = 400)))
  value <- sapply(t, f)
  i <- which.max(value)
  near <- optimize(f, c(t[max(i - 1, 1)], t[min(i + 1, length(t))]), maximum = TRUE, tol = 1e-13 * top)
  max(value, near$objective)
}
profile_likelihood <- function(yi, vi, restricted, level) {
  top <- 100 * max((yi - mean(yi))^2, vi)
  best <- highest(function(t) {
    w <- 1 / (vi + t)
    likelihood(yi, vi, sum(w * yi) / sum(w), t, restricted)
  }, top)
  at <- function(mu) highest(function(t) likelihood(yi, vi, mu, t, restricted), 100 * max((yi - mu)^2, vi))
  gap <- function(mu) best - at(mu) - qchisq(level, 1) / 2
  middle <- sum(yi / vi) / sum(1 / vi)
  while (gap(middle) > 0) middle <- middle + (mean(yi) - middle) / 4
  step <- max(sqrt(vi), sd(yi))
  low <- middle - step; while (gap(low) < 0) low <- low - step
  high <- middle + step; while (gap(high) < 0) high <- high + step
  root <- function(a, b) uniroot(gap, c(a, b), tol = 1e-14 * step, maxiter = 10000)$root
  list(ci = c(root(low, middle), root(middle, high)), ratio = 2 * (best - at(0)))
}

# control = list(tol =) goes to the root finder and the integral; at the default, 1e-4, the limits
# of 3.8-1 are good to 4 digits.
henmi_copas <- function(yi, vi, level) {
  h <- hc(rma(yi, vi, method = "DL", level = 100 * level), control = list(tol = 1e-12))
  list(estimate = as.numeric(h$beta), se = h$se, ci = c(h$ci.lb, h$ci.ub))
}

files <- c("bcg_RR", "bcg_OR", "bcg_RD", "hine1989_RD", "collins1985b_OR", "nielweise2007_OR",
           "nielweise2007_RR", "normand1999_MD", "hackshaw1998_OR", "raudenbush1985")
case <- function(yi, vi) lapply(list(`0.95` = 0.95, `0.8` = 0.8), function(level) list(
  PL = profile_likelihood(yi, vi, TRUE, level), `PL-ML` = profile_likelihood(yi, vi, FALSE, level),
  HC = henmi_copas(yi, vi, level)))
cases <- lapply(setNames(files, files), function(name) {
  d <- jsonlite::fromJSON(paste0(name, ".json"))
  case(d$yi, d$vi)
})
cases$two_studies <- c(list(yi = c(0.1, 0.9), vi = c(0.04, 0.09)), case(c(0.1, 0.9), c(0.04, 0.09)))
# One giant study among small ones that differ from it.
y <- c(0.02, 0.9, 1.1, 0.4, 1.6); v <- c(1e-5, 0.1, 0.2, 0.15, 0.3)
cases$giant <- c(list(yi = y, vi = v), case(y, v))
writeLines(json(list(
  source = list(package = "base R for PL and PL-ML; metafor for HC", version = as.character(packageVersion("metafor")),
    r = paste(R.version$major, R.version$minor, sep = "."), script = "mean_intervals.R",
    call = "hc(rma(yi, vi, method = 'DL', level = 100 * level), control = list(tol = 1e-12))"),
  cases = cases)), "mean_intervals.json")
