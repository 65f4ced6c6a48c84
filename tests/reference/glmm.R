# Reference values for generalised linear mixed models: metafor's rma.glmm with its optimisers and
# integrals set tight, and 50 quadrature points where lme4 can (one random effect). UM.RS with
# random effects has two, for which lme4 only has the Laplace approximation.
# Run in this folder:  Rscript glmm.R   (Debian: r-cran-metafor, r-cran-lme4, r-cran-biasedurn)
suppressMessages(library(metafor))

tight <- list(
  glmerCtrl = list(optimizer = "nloptwrap", calc.derivs = TRUE, tolPwrss = 1e-10,
                   optCtrl = list(xtol_abs = 1e-13, xtol_rel = 1e-13, ftol_abs = 1e-14,
                                  ftol_rel = 1e-15, maxeval = 100000)),
  optCtrl = list(rel.tol = 1e-14, x.tol = 1e-12, eval.max = 5000, iter.max = 5000),
  intCtrl = list(lower = -Inf, upper = Inf, rel.tol = 1e-11, subdivisions = 2000),
  hessianCtrl = list(r = 8))

data <- list(
  bcg = list(measure = "OR",
    x1 = c(4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27),
    n1 = c(123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913),
    x2 = c(11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29),
    n2 = c(139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854)),
  nielweise2007 = list(measure = "OR",
    x1 = c(0, 1, 2, 0, 5, 1, 1, 1, 1, 1, 0, 0, 3, 6, 0, 0, 1, 4),
    n1 = c(116, 44, 208, 130, 151, 98, 174, 74, 97, 113, 66, 70, 188, 187, 118, 252, 345, 64),
    x2 = c(3, 3, 9, 7, 6, 4, 3, 2, 19, 2, 7, 1, 5, 11, 0, 1, 3, 1),
    n2 = c(117, 35, 195, 136, 157, 139, 177, 39, 103, 122, 64, 58, 175, 180, 105, 262, 362, 69)),
  lee2004 = list(measure = "OR",
    x1 = c(18, 5, 9, 32, 9, 11, 69, 3, 1, 11, 7, 4, 1, 24, 16, 28),
    n1 = c(100, 50, 20, 135, 23, 18, 122, 25, 30, 30, 44, 47, 30, 40, 50, 110),
    x2 = c(20, 18, 7, 31, 10, 12, 80, 12, 1, 19, 16, 6, 13, 71, 53, 25),
    n2 = c(100, 50, 20, 139, 23, 18, 122, 25, 30, 30, 39, 47, 30, 80, 88, 111)),
  hart1999 = list(measure = "IRR",
    x1 = c(9, 8, 3, 6, 7, 20), n1 = c(413, 263, 487, 237, 489, 507),
    x2 = c(19, 19, 13, 9, 23, 50), n2 = c(398, 245, 435, 241, 483, 405)),
  # Rates of nielweise2008 (catheter infections per 1000 days), from the metadat collection.
  nielweise2008 = with(metadat::dat.nielweise2008,
    list(measure = "IRR", x1 = x1i, n1 = t1i, x2 = x2i, n2 = t2i)),
  pritz1997 = list(measure = "PLO",
    x1 = c(16, 10, 4, 43, 10, 25, 13, 12, 22, 4, 5, 18, 58, 6),
    n1 = c(17, 12, 8, 58, 10, 42, 14, 12, 41, 5, 6, 23, 68, 10)),
  nielweise2008_arm2 = with(metadat::dat.nielweise2008, list(measure = "IRLN", x1 = x2i, n1 = t2i)))

# nlminb reports no convergence when asked for more than the function can give; then once more
# with its own tolerances.
fit <- function(d, model, method) {
  f <- try(run(d, model, method, tight), silent = TRUE)
  if (inherits(f, "try-error")) f <- run(d, model, method, tight[names(tight) != "optCtrl"])
  f
}

run <- function(d, model, method, tight, n = 50) suppressWarnings(switch(d$measure,
  OR = rma.glmm(measure = "OR", ai = d$x1, n1i = d$n1, ci = d$x2, n2i = d$n2, model = model,
                method = method, nAGQ = n, control = tight),
  IRR = rma.glmm(measure = "IRR", x1i = d$x1, t1i = d$n1, x2i = d$x2, t2i = d$n2, model = model,
                 method = method, nAGQ = n, control = tight),
  PLO = rma.glmm(measure = "PLO", xi = d$x1, ni = d$n1, method = method, nAGQ = n, control = tight),
  IRLN = rma.glmm(measure = "IRLN", xi = d$x1, ti = d$n1, method = method, nAGQ = n, control = tight)))

one <- function(d, model, method) {
  f <- try(fit(d, model, method), silent = TRUE)
  if (inherits(f, "try-error")) { message(model, method, ": ", f); return(NULL) }
  number <- function(x) if (length(x) == 0 || is.na(x[1])) "null" else sprintf("%.17g", x[1])
  sprintf("{\"estimate\": %s, \"se\": %s, \"tau2\": %s, \"loglik\": %s, \"lrt_q\": %s, \"alpha\": %s, \"sigma2\": %s}",
    number(as.numeric(f$beta)), number(f$se), number(f$tau2), number(as.numeric(logLik(f))),
    number(f$QE.LRT), number(if (is.null(f$alpha)) NA else as.numeric(f$alpha)[1]),
    number(if (is.null(f$sigma2)) NA else f$sigma2))
}

column <- function(x) paste0("[", paste(format(x, scientific = FALSE, trim = TRUE), collapse = ", "), "]")
blocks <- lapply(names(data), function(n) {
  d <- data[[n]]
  models <- switch(d$measure, OR = c("UM.FS", "UM.RS", "CM.EL", "CM.AL"),
                   IRR = c("UM.FS", "UM.RS", "CM.EL"), "")
  rows <- unlist(lapply(models, function(m) lapply(c("EE", "ML"), function(k) {
    r <- one(d, m, k)
    if (is.null(r)) NULL else sprintf("        \"%s\": %s", trimws(paste(m, k)), r)
  })))
  cols <- names(d)[names(d) != "measure"]
  paste0("    \"", n, "\": {\n      \"measure\": \"", d$measure, "\",\n",
         paste(sprintf("      \"%s\": %s", cols, sapply(d[cols], column)), collapse = ",\n"),
         ",\n      \"fits\": {\n", paste(rows, collapse = ",\n"), "\n      }\n    }")
})
cat("{\n  \"source\": {\"program\": \"", R.version.string, "\", \"package\": \"metafor ",
    as.character(packageVersion("metafor")), ", lme4 ", as.character(packageVersion("lme4")),
    "\", \"call\": \"rma.glmm(..., nAGQ = 50, control = tight); see glmm.R\"},\n  \"data\": {\n",
    paste(blocks, collapse = ",\n"), "\n  }\n}\n", sep = "", file = "glmm.json")
