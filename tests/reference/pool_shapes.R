# Reference values for tables of rates, correlations, single groups, moderators and clusters:
# whole results as `evidencekit pool` prints them, by metafor (as tight as it converges) and
# clubSandwich. Run in this folder:  Rscript pool_shapes.R
suppressMessages({library(metafor); library(metadat); library(clubSandwich)})

tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)
text <- function(x) paste0("\"", gsub("\"", "'", as.character(x)), "\"")
json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(n, v) paste0(text(n), ": ", json(v)), names(x), x)
    return(paste0("{", paste(parts, collapse = ",\n"), "}"))
  }
  one <- if (is.numeric(x)) ifelse(is.na(x), "null", sprintf("%.17g", x)) else text(x)
  if (length(x) == 1) one else paste0("[", paste(one, collapse = ", "), "]")
}

summarised <- function(f) list(estimate = c(f$beta), se = f$se, statistic = f$zval,
  p_value = f$pval, ci_low = f$ci.lb, ci_high = f$ci.ub)
random <- function(...) {
  d <- do.call(escalc, list(...))
  f <- rma(yi, vi, data = d, method = "REML", test = "knha", control = tight)
  c(summarised(f), list(tau2 = f$tau2, i2 = f$I2 / 100, q = f$QE, yi = c(d$yi), vi = c(d$vi)))
}
exact <- function(...) {
  f <- suppressWarnings(do.call(rma.glmm, list(...)))
  c(summarised(f), list(tau2 = f$tau2, q = f$QE.LRT))
}
stratified <- function(...) {
  f <- do.call(rma.mh, list(...))
  c(summarised(f), list(q = f$QE))
}

h <- dat.hart1999
rates <- list(
  inputs = list(events1 = h$x1i, time1 = h$t1i, events2 = h$x2i, time2 = h$t2i),
  random = list(
    IRR = random("IRR", x1i = h$x1i, t1i = h$t1i, x2i = h$x2i, t2i = h$t2i, drop00 = TRUE),
    IRD = random("IRD", x1i = h$x1i, t1i = h$t1i, x2i = h$x2i, t2i = h$t2i, to = "none"),
    IRSD = random("IRSD", x1i = h$x1i, t1i = h$t1i, x2i = h$x2i, t2i = h$t2i)),
  mh = list(
    IRR = stratified(measure = "IRR", x1i = h$x1i, t1i = h$t1i, x2i = h$x2i, t2i = h$t2i),
    IRD = stratified(measure = "IRD", x1i = h$x1i, t1i = h$t1i, x2i = h$x2i, t2i = h$t2i)),
  glmm = list(
    IRR = exact(measure = "IRR", x1i = h$x1i, t1i = h$t1i, x2i = h$x2i, t2i = h$t2i,
                model = "CM.EL", nAGQ = 50)))

m <- dat.mcdaniel1994[1:40, ]
correlations <- list(
  inputs = list(r = m$ri, n = m$ni),
  random = sapply(c("ZCOR", "COR", "UCOR"), function(measure)
    random(measure, ri = m$ri, ni = m$ni), simplify = FALSE))

p <- dat.debruin2009
proportions <- list(
  inputs = list(events = p$xi, n = p$ni),
  random = sapply(c("PLO", "PLN", "PAS", "PFT"), function(measure)
    random(measure, xi = p$xi, ni = p$ni), simplify = FALSE),
  glmm = list(PLO = exact(measure = "PLO", xi = p$xi, ni = p$ni, nAGQ = 50)))
proportions$random$PR <- random("PR", xi = p$xi, ni = p$ni, to = "none")

n <- dat.hart1999
group_rates <- list(
  inputs = list(events = n$x2i, time = n$t2i),
  random = sapply(c("IRLN", "IRS", "IRFT"), function(measure)
    random(measure, xi = n$x2i, ti = n$t2i), simplify = FALSE),
  glmm = list(IRLN = exact(measure = "IRLN", xi = n$x2i, ti = n$t2i, nAGQ = 50)))
group_rates$random$IR <- random("IR", xi = n$x2i, ti = n$t2i, to = "none")

s <- dat.normand1999
group_means <- list(
  inputs = list(mean = s$m1i, sd = s$sd1i, n = s$n1i),
  random = sapply(c("MN", "MNLN"), function(measure)
    random(measure, mi = s$m1i, sdi = s$sd1i, ni = s$n1i), simplify = FALSE))

b <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
coefficients <- function(f) list(estimate = c(f$beta), se = f$se, p_value = f$pval,
  ci_low = f$ci.lb, ci_high = f$ci.ub)
regression <- function(test, method = "REML") {
  f <- rma(yi, vi, mods = ~ ablat + alloc, data = b, method = method, test = test, control = tight)
  c(coefficients(f), list(qm = f$QM, qm_p = f$QMp, tau2 = f$tau2,
    i2 = if (method == "EE") NA else f$I2 / 100, r2 = if (method == "EE") NA else f$R2 / 100,
    qe = f$QE, qe_p = f$QEp))
}
moderators <- list(
  inputs = list(yi = c(b$yi), vi = c(b$vi), ablat = b$ablat, alloc = b$alloc),
  HKSJ = regression("knha"), wald = regression("z"), common = regression("z", "EE"))

k <- dat.konstantopoulos2011
robust_of <- function(f) {
  r <- robust(f, cluster = k$district, clubSandwich = TRUE)
  c(coefficients(r), list(df = r$dfs, statistic = r$zval, qm = r$QM, qm_df = r$QMdf, qm_p = r$QMp))
}
nested <- function(mods) rma.mv(yi, vi, mods = mods, random = ~ 1 | district/school, data = k,
  control = list(optimizer = "nlminb", rel.tol = 1e-12, eval.max = 5000, iter.max = 5000))
plain <- rma(yi, vi, data = k, control = tight)
three <- nested(~ 1)
clusters <- list(
  inputs = list(yi = c(k$yi), vi = c(k$vi), district = k$district, year = k$year),
  random = c(robust_of(plain), list(tau2 = plain$tau2)),
  common = robust_of(rma(yi, vi, data = k, method = "EE")),
  three_level = c(robust_of(three), list(sigma2 = three$sigma2,
    weights = c(weights(three, type = "rowsum")) / 100)),
  random_year = robust_of(rma(yi, vi, mods = ~ I(year - 1990), data = k, control = tight)),
  three_level_year = robust_of(nested(~ I(year - 1990))))

out <- list(
  source = list(package = "metafor", version = as.character(packageVersion("metafor")),
    clubSandwich = as.character(packageVersion("clubSandwich")),
    r = paste(R.version$major, R.version$minor, sep = "."), script = "pool_shapes.R",
    data = paste("metadat: hart1999, mcdaniel1994 (first 40), debruin2009, normand1999, bcg,",
      "konstantopoulos2011"),
    call = "rma(escalc()), rma.mh, rma.glmm(nAGQ = 50), robust(clubSandwich = TRUE)"),
  rates = rates, correlations = correlations, proportions = proportions,
  group_rates = group_rates, group_means = group_means,
  moderators = moderators, clusters = clusters)
writeLines(json(out), "pool_shapes.json")
