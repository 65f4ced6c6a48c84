# Reference values for models of several outcomes whose true effects are correlated, from metafor
# (rma.mv, as tight as it converges). Run in this folder:  Rscript multivariate.R
suppressMessages({library(metafor); library(metadat)})

source("json.R")

# The best of several optimisers and tolerances: each stops where its own rule says so.
best_fit <- function(d, V, mods, struct, method) {
  controls <- list(list(optimizer = "nlminb", rel.tol = 1e-14, eval.max = 5000, iter.max = 5000),
                   list(optimizer = "nlminb", rel.tol = 1e-12, eval.max = 5000, iter.max = 5000),
                   list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-15, maxit = 5000),
                   list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-15,
                        maxit = 20000), list())
  fits <- lapply(controls, function(control)
    try(suppressWarnings(rma.mv(d$yi, V, mods = mods, random = ~ outcome | study, data = d,
                                struct = struct, method = method, control = control)),
        silent = TRUE))
  fits <- Filter(function(f) !inherits(f, "try-error"), fits)
  fits[[which.max(sapply(fits, function(f) as.numeric(logLik(f))))]]
}
one <- function(d, V, mods, struct, method) {
  f <- best_fit(d, V, mods, struct, method)
  list(names = rownames(f$beta), estimate = as.numeric(f$beta), se = f$se, tau2 = f$tau2,
       rho = if (length(f$rho)) f$rho else NA, G = unname(as.matrix(f$G)), loglik = as.numeric(logLik(f)),
       qe = f$QE, qe_p = f$QEp, qm = f$QM, qm_p = f$QMp)
}
STRUCTS <- c("UN", "HCS", "CS", "DIAG", "ID")
over <- function(d, V, mods, methods = c("REML", "ML"))
  sapply(methods, function(m) sapply(STRUCTS, function(s) one(d, V, mods, s, m), simplify = FALSE),
         simplify = FALSE)
case <- function(d, V, fits)
  list(yi = as.numeric(d$yi), V = unname(as.matrix(V)), study = as.character(d$study),
       outcome = as.character(d$outcome), year = as.numeric(d$year), fits = fits)

ber <- dat.berkey1998
ber$study <- ber$trial
VB <- bldiag(lapply(split(ber[, c("v1i", "v2i")], ber$trial), as.matrix))
kal <- dat.kalaian1996
kal$study <- as.character(kal$study)
VK <- vcalc(vi, cluster = study, type = outcome, rho = 0.66, data = kal)
ish <- dat.ishak2007
ish <- reshape(ish, direction = "long", idvar = "study", v.names = c("yi", "vi"),
               varying = list(c(2, 4, 6, 8), c(3, 5, 7, 9)))
ish <- ish[order(ish$study, ish$time), ]
ish <- ish[!is.na(ish$yi), ]
ish$outcome <- factor(ish$time); ish$year <- ish$mdur
VI <- vcalc(vi, cluster = study, time1 = time, phi = 0.97, data = ish)

out <- list(
  source = list(package = "metafor", version = as.character(packageVersion("metafor")),
                r = paste(R.version$major, R.version$minor, sep = "."),
                call = "rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | study, struct)",
                control = "the highest likelihood of nlminb, BFGS and Nelder-Mead at 1e-12 to 1e-15",
                script = "multivariate.R"),
  berkey1998 = case(ber, VB, over(ber, VB, ~ outcome - 1)),
  kalaian1996 = case(kal, VK, over(kal, VK, ~ outcome - 1)),
  ishak2007 = case(ish, VI, over(ish, VI, ~ outcome - 1)))
writeLines(json(out), "multivariate.json")
