# Exact permutation tests of the mean, from metafor. Run in this folder:  Rscript permutation.R
suppressMessages(library(metafor))
tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)
number <- function(x) sprintf("%.17g", x)
one <- function(yi, vi, method, test) {
  fit <- rma(yi, vi, method = method, test = test, control = tight)
  p <- permutest(fit, exact = TRUE, progbar = FALSE)
  sprintf("{\"tau2\": \"%s\", \"test\": \"%s\", \"statistic\": %s, \"p_value\": %s}",
          method, test, number(fit$zval), number(p$pval))
}
rows <- c()
for (name in c("hine1989_RD", "collins1985b_OR", "normand1999_MD")) {
  d <- switch(name,
    hine1989_RD = escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.hine1989),
    collins1985b_OR = escalc("OR", ai = pre.xti, n1i = pre.nti, ci = pre.xci, n2i = pre.nci, data = dat.collins1985b),
    normand1999_MD = escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999))
  fits <- c(one(d$yi, d$vi, "DL", "z"), one(d$yi, d$vi, "DL", "knha"), one(d$yi, d$vi, "PM", "knha"))
  rows <- c(rows, sprintf("\"%s\": [%s]", name, paste(fits, collapse = ", ")))
}
writeLines(sprintf("{\"source\": {\"package\": \"metafor\", \"version\": \"%s\", \"call\": \"permutest(rma(yi, vi, method, test), exact = TRUE)\", \"script\": \"permutation.R\"},\n \"cases\": {%s}}",
  as.character(packageVersion("metafor")), paste(rows, collapse = ",\n  ")), "permutation.json")
