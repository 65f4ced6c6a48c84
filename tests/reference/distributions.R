# Tails and quantiles of the normal, t and chi squared distributions by base R, all digits.
#   Rscript distributions.R > distributions.json
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
grid <- function(name, first, second, f) {
  g <- expand.grid(second = second, first = first)
  value <- f(g$first, g$second)
  sprintf('  "%s": {"first": %s, "second": %s, "value": %s}', name, num(g$first), num(g$second), num(value))
}
p <- c(1e-12, 1e-6, .001, .005, .025, .05, .1, .25, .4, .75, .975, .9999)
df <- c(1, 2, 3, 4, 5, 7.5, 12, 29, 100, 300)
whole <- c(1, 2, 3, 4, 5, 12, 29, 100, 299, 300)
parts <- c(
  sprintf('  "source": {"package": "base R", "version": "%s", "call": "pnorm, qnorm, pt, qt, pchisq(lower.tail = FALSE), qchisq(lower.tail = FALSE)", "script": "distributions.R"}',
          paste(R.version$major, R.version$minor, sep = ".")),
  grid("ndtr", 0, c(-30, -8, -3.9, -1.96, -.5, 0, .3, 2, 6), function(a, x) pnorm(x)),
  grid("ndtri", 0, p, function(a, p) qnorm(p)),
  grid("stdtr", df, c(-40, -8, -3.95, -2, -.7, 0, 1, 5), function(df, t) pt(t, df)),
  grid("stdtrit", df, p, function(df, p) qt(p, df)),
  grid("chdtrc", whole, c(0, .001, .5, 3, 12, 40, 152.2, 600), function(df, x) pchisq(x, df, lower.tail = FALSE)),
  grid("gammainccinv", whole / 2, p, function(a, q) qchisq(q, 2 * a, lower.tail = FALSE) / 2)
)
cat("{\n", paste(parts, collapse = ",\n"), "\n}\n", sep = "")
