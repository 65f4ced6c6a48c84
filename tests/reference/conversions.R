# Conversions: mean and sd from three and five numbers, and d to log odds ratio.
# Run in this folder:  Rscript conversions.R
# metafor 3.8-1 has no conv.fivenum() yet: the formulas of Wan 2014, Luo 2018, Shi 2020 and
# Shi 2023 are written out here; quantile estimation (McGrath 2020) is done with optim() on
# R's own quantile functions, from several starts.
suppressMessages(library(metafor))

number <- function(x) {
  out <- ifelse(is.na(x), "null", sprintf("%.17g", x))
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
json <- function(x, indent = "") {
  if (is.list(x) && is.null(names(x))) {
    inner <- paste0(indent, "  ")
    paste0("[\n", paste(sapply(x, function(v) paste0(inner, json(v, inner))), collapse = ",\n"), "\n", indent, "]")
  } else if (is.list(x)) {
    inner <- paste0(indent, "  ")
    parts <- mapply(function(n, v) paste0(inner, "\"", n, "\": ", json(v, inner)), names(x), x)
    paste0("{\n", paste(parts, collapse = ",\n"), "\n", indent, "}")
  } else if (is.numeric(x)) number(x) else paste0("\"", gsub("\"", "'", x), "\"")
}

xi <- function(n) 2 * qnorm((n - 0.375) / (n + 0.25))
eta <- function(n) 2 * qnorm((0.75 * n - 0.125) / (n + 0.25))

formulas <- function(s) with(s, {
  r <- !is.na(minimum); q <- !is.na(q1)
  if (r && q) list(
    luo = (2.2 / (2.2 + n^0.75)) * (minimum + maximum) / 2 + (0.7 - 0.72 / n^0.55) * (q1 + q3) / 2 +
      (1 - 2.2 / (2.2 + n^0.75) - 0.7 + 0.72 / n^0.55) * median,
    wan_mean = (minimum + 2 * q1 + 2 * median + 2 * q3 + maximum) / 8,
    wan = (maximum - minimum) / (2 * xi(n)) + (q3 - q1) / (2 * eta(n)),
    shi = (maximum - minimum) / xi(n) / (1 + 0.07 * n^0.6) + (q3 - q1) / eta(n) * 0.07 * n^0.6 / (1 + 0.07 * n^0.6),
    statistic = max(2.65 * log(0.6 * n) / sqrt(n) * abs(minimum + maximum - 2 * median) / (maximum - minimum),
                    abs(q1 + q3 - 2 * median) / (q3 - q1)),
    critical = 3 / sqrt(n) - 40 / n^3)
  else if (r) list(
    luo = 4 / (4 + n^0.75) * (minimum + maximum) / 2 + n^0.75 / (4 + n^0.75) * median,
    wan_mean = (minimum + 2 * median + maximum) / 4, wan = (maximum - minimum) / xi(n), shi = (maximum - minimum) / xi(n),
    statistic = abs(minimum + maximum - 2 * median) / (maximum - minimum), critical = 1 / log(n + 9) + 2.5 / (n + 1))
  else list(
    luo = (0.7 + 0.39 / n) * (q1 + q3) / 2 + (0.3 - 0.39 / n) * median,
    wan_mean = (q1 + median + q3) / 3, wan = (q3 - q1) / eta(n), shi = (q3 - q1) / eta(n),
    statistic = abs(q1 + q3 - 2 * median) / (q3 - q1), critical = 2.65 / sqrt(n) - 6 / n^2)
})

# Best member of each family by optim(), restarted until nothing improves.
best <- function(f, starts) {
  out <- NULL
  for (start in starts) {
    o <- optim(start, f, control = list(reltol = 1e-15, maxit = 20000))
    for (i in 1:5) o <- optim(o$par, f, control = list(reltol = 1e-16, maxit = 20000))
    if (is.null(out) || o$value < out$value) out <- o
  }
  out
}
families <- function(s) {
  v <- with(s, c(minimum, q1, median, q3, maximum)); p <- c(1 / s$n, 0.25, 0.5, 0.75, 1 - 1 / s$n)
  p <- p[!is.na(v)]; v <- v[!is.na(v)]
  m <- median(v); sdv <- (max(v) - min(v)) / (qnorm(max(p)) - qnorm(min(p)))
  sse <- function(q) if (all(is.finite(q))) sum((v - q)^2) else 1e300
  fit <- lm(v ~ qnorm(p))
  out <- list(normal = list(mean = as.numeric(coef(fit)[1]), sd = as.numeric(coef(fit)[2]), misfit = sum(resid(fit)^2)))
  if (min(v) <= 0) return(out)
  quiet <- function(e) suppressWarnings(tryCatch(e, error = function(x) NA))
  cv <- sdv / m; k <- 1 / cv^2
  o <- best(function(t) sse(quiet(qlnorm(p, t[1], exp(t[2])))), list(c(log(m), log(cv)), c(log(m), 0)))
  out[["log-normal"]] <- with(list(a = o$par[1], b = exp(o$par[2])), list(mean = exp(a + b^2 / 2), sd = exp(a + b^2 / 2) * sqrt(exp(b^2) - 1), misfit = o$value))
  o <- best(function(t) sse(quiet(qgamma(p, exp(t[1])) * exp(t[2]))), list(c(log(k), log(m / k)), c(0, log(m))))
  out$gamma <- list(mean = exp(sum(o$par)), sd = exp(o$par[1] / 2 + o$par[2]), misfit = o$value)
  o <- best(function(t) sse(quiet(qweibull(p, exp(t[1]), exp(t[2])))), list(c(log(1 / cv), log(m)), c(0, log(m))))
  w <- exp(o$par)
  out$Weibull <- list(mean = w[2] * gamma(1 + 1 / w[1]), sd = w[2] * sqrt(gamma(1 + 2 / w[1]) - gamma(1 + 1 / w[1])^2), misfit = o$value)
  if (max(v) >= 1) return(out)
  size <- max(m * (1 - m) / sdv^2 - 1, 0.5)
  o <- best(function(t) sse(quiet(qbeta(p, exp(t[1]), exp(t[2])))), list(log(c(m, 1 - m) * size), c(0, 0)))
  w <- exp(o$par)
  out$beta <- list(mean = w[1] / sum(w), sd = sqrt(prod(w) / (sum(w)^2 * (sum(w) + 1))), misfit = o$value)
  out
}

# Real summaries of a symmetric, a skewed and a partly negative outcome, three or five numbers.
rows <- list(
  list(minimum = 2, q1 = 5.5, median = 8, q3 = 10, maximum = 15, n = 42),
  list(minimum = 0.5, q1 = 2, median = 4, q3 = 9, maximum = 40, n = 85),
  list(minimum = -6, q1 = -1, median = 1.5, q3 = 3, maximum = 7, n = 25),
  list(minimum = 12, q1 = NA_real_, median = 30, q3 = NA_real_, maximum = 52, n = 60),
  list(minimum = 1, q1 = NA_real_, median = 6, q3 = NA_real_, maximum = 60, n = 31),
  list(minimum = NA_real_, q1 = 21, median = 24, q3 = 28, maximum = NA_real_, n = 118),
  list(minimum = NA_real_, q1 = 3, median = 5, q3 = 14, maximum = NA_real_, n = 200),
  list(minimum = NA_real_, q1 = 1.5, median = 2.5, q3 = 4.75, maximum = NA_real_, n = 9),
  list(minimum = 0.02, q1 = 0.2, median = 0.41, q3 = 0.6, maximum = 0.93, n = 70),
  list(minimum = NA_real_, q1 = 0.85, median = 0.93, q3 = 0.97, maximum = NA_real_, n = 33))
cases <- lapply(rows, function(s) list(inputs = s, formulas = formulas(s), families = families(s)))

d <- c(0.5, -0.31, 1.2)
lor <- escalc("D2ORL", m1i = d, sd1i = rep(1, 3), n1i = c(50, 170, 9), m2i = rep(0, 3), sd2i = rep(1, 3), n2i = c(50, 165, 8))
back <- escalc("OR2DL", ai = c(12, 30), bi = c(38, 20), ci = c(20, 22), di = c(30, 28))
or <- escalc("OR", ai = c(12, 30), bi = c(38, 20), ci = c(20, 22), di = c(30, 28))

writeLines(json(list(
  source = list(package = "base R, metafor", version = as.character(packageVersion("metafor")),
                r = paste(R.version$major, R.version$minor, sep = "."),
                call = "formulas written out; optim(); escalc('D2ORL'), escalc('OR2DL')", script = "conversions.R"),
  summaries = cases,
  d_to_log_or = list(d = d, d_variance = 1 / c(50, 170, 9) + 1 / c(50, 165, 8) + d^2 / (2 * c(100, 335, 17)),
                     yi = as.numeric(lor$yi), vi = as.numeric(lor$vi)),
  log_or_to_d = list(log_or = as.numeric(or$yi), log_or_variance = as.numeric(or$vi),
                     yi = as.numeric(back$yi), vi = as.numeric(back$vi)))), "conversions.json")
