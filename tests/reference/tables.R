# Mantel-Haenszel and Peto results from metafor. Run in this folder:  Rscript tables.R
suppressMessages(library(metafor))

number <- function(x) {
  out <- ifelse(is.na(x), "null", sprintf("%.17g", x))
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
json <- function(x) {
  if (is.list(x))
    paste0("{", paste(sprintf("\"%s\": %s", names(x), sapply(x, json)), collapse = ", "), "}")
  else if (is.numeric(x) || is.logical(x)) number(as.numeric(x))
  else paste0("\"", gsub("\"", "'", x), "\"")
}
fit <- function(f) list(estimate = as.numeric(f$beta), se = f$se, p_value = f$pval,
  ci = c(f$ci.lb, f$ci.ub), q = f$QE, q_df = f$k.yi - 1)
persons <- function(a, n1, c, n2) {
  out <- list(events_1 = a, size_1 = n1, events_2 = c, size_2 = n2)
  for (m in c("OR", "RR", "RD"))
    out[[paste0("MH-", m)]] <- fit(rma.mh(measure = m, ai = a, n1i = n1, ci = c, n2i = n2))
  out$Peto <- fit(rma.peto(ai = a, n1i = n1, ci = c, n2i = n2))
  out
}
b <- dat.bcg; w <- dat.nielweise2007; l <- dat.lee2004; h <- dat.hart1999; y <- dat.yusuf1985
y <- y[y$table == 6 & !is.na(y$ai), ]
cases <- list(
  bcg = persons(b$tpos, b$tpos + b$tneg, b$cpos, b$cpos + b$cneg),
  nielweise2007 = persons(w$ai, w$n1i, w$ci, w$n2i),
  lee2004 = persons(l$ai, l$n1i, l$ci, l$n2i),
  yusuf1985 = persons(y$ai, y$n1i, y$ci, y$n2i),
  trap = persons(c(0, 2, 5, 0), c(100, 50, 60, 40), c(3, 4, 9, 0), c(50, 55, 58, 45)),
  hart1999 = list(events_1 = h$x1i, size_1 = h$t1i, events_2 = h$x2i, size_2 = h$t2i,
    `MH-IRR` = fit(rma.mh(measure = "IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = h)),
    `MH-IRD` = fit(rma.mh(measure = "IRD", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = h))))
writeLines(json(list(
  source = list(package = "metafor", version = as.character(packageVersion("metafor")),
    r = paste(R.version$major, R.version$minor, sep = "."), script = "tables.R",
    call = "rma.mh(measure, ai, n1i, ci, n2i), rma.peto(ai, n1i, ci, n2i) with their defaults"),
  cases = cases)), "tables.json")
