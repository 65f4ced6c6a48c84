# Reference values for outlier and influence measures, from metafor with tight convergence.
# Run in this folder:  Rscript influence.R
suppressMessages({library(metafor); library(metadat)})

tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)

source("json.R")

measures <- function(yi, vi, mods, data, method) {
  f <- suppressWarnings(rma(yi, vi, mods = mods, data = data, method = method, test = "z",
                            control = tight))
  i <- influence(f)
  r <- rstudent(f)
  k <- f$k
  take <- function(x) as.numeric(x)[1:k]
  dfb <- if (f$p == 1) matrix(take(i$dfbs[[1]]), k)
         else sapply(seq_len(f$p), function(j) take(i$dfbs[[j]]))
  list(residual = take(r$resid), residual_se = take(r$se), rstudent = take(i$inf$rstudent),
       dffits = take(i$inf$dffits), cook = take(i$inf$cook.d), cov_ratio = take(i$inf$cov.r),
       tau2_deleted = take(i$inf$tau2.del), qe_deleted = take(i$inf$QE.del),
       hat = take(i$inf$hat), weight = take(i$inf$weight) / 100,
       dfbetas = unname(dfb), influential = as.numeric(i$is.infl[1:k]))
}
over <- function(yi, vi, mods, data, methods)
  sapply(methods, function(m) measures(yi, vi, mods, data, m), simplify = FALSE)

bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
rau <- dat.raudenbush1985
ALL <- c("REML", "ML", "DL", "PM", "HE", "SJ", "EE")
out <- list(
  source = list(package = "metafor", version = as.character(packageVersion("metafor")),
                r = paste(R.version$major, R.version$minor, sep = "."),
                call = "influence(rma(yi, vi, mods, test = 'z')); rstudent()",
                control = "list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)",
                script = "influence.R"),
  bcg = list(yi = as.numeric(bcg$yi), vi = as.numeric(bcg$vi), ablat = bcg$ablat, year = bcg$year,
             alloc = as.character(bcg$alloc),
             fits = list("1" = over(bcg$yi, bcg$vi, ~ 1, bcg, ALL),
                         "ablat" = over(bcg$yi, bcg$vi, ~ ablat, bcg, ALL),
                         "ablat + year" = over(bcg$yi, bcg$vi, ~ ablat + year, bcg, ALL),
                         "alloc" = over(bcg$yi, bcg$vi, ~ alloc, bcg, c("REML", "EE")))),
  raudenbush1985 = list(yi = as.numeric(rau$yi), vi = as.numeric(rau$vi), weeks = rau$weeks,
             fits = list("1" = over(rau$yi, rau$vi, ~ 1, rau, c("REML", "DL", "EE")),
                         "weeks" = over(rau$yi, rau$vi, ~ weeks, rau, c("REML", "DL", "EE")))))
writeLines(json(out), "influence.json")
