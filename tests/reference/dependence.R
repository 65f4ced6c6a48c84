# Reference values for three-level models, given sampling covariances and cluster-robust inference,
# from metafor (rma.mv, as tight as it converges) and clubSandwich.
# Run in this folder:  Rscript dependence.R
suppressMessages({library(metafor); library(metadat); library(clubSandwich)})

tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)
# As tight as it converges, whichever is tightest.
tight_fit <- function(d, V, mods, method, random = ~ 1 | cluster / effect, ...) {
  one <- function(control)
    suppressWarnings(rma.mv(d$yi, V, mods = mods, random = random, data = d, method = method, ...,
                            control = control))
  for (tol in c(1e-14, 1e-13, 1e-12, 1e-11)) {
    f <- try(one(list(optimizer = "nlminb", rel.tol = tol, eval.max = 5000, iter.max = 5000)),
             silent = TRUE)
    if (!inherits(f, "try-error")) return(f)
  }
  one(list())
}

number <- function(x) {
  x <- as.numeric(x)
  out <- ifelse(is.na(x), "null", sprintf("%.17g", x))
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
text <- function(x) {
  out <- paste0("\"", gsub("\"", "'", as.character(x)), "\"")
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
json <- function(x, indent = "") {
  if (is.list(x)) {
    inner <- paste0(indent, "  ")
    parts <- mapply(function(n, v) paste0(inner, "\"", n, "\": ", json(v, inner)), names(x), x)
    paste0("{\n", paste(parts, collapse = ",\n"), "\n", indent, "}")
  } else if (is.matrix(x)) {
    paste0("[", paste(apply(x, 1, function(r) paste0("[", paste(sprintf("%.17g", r),
           collapse = ", "), "]")), collapse = ", "), "]")
  } else if (is.numeric(x)) number(x) else if (is.logical(x) && all(is.na(x))) "null" else text(x)
}
source_block <- function(call, control = "list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)")
  list(package = "metafor", version = as.character(packageVersion("metafor")),
       clubSandwich = as.character(packageVersion("clubSandwich")),
       r = paste(R.version$major, R.version$minor, sep = "."), call = call, control = control,
       script = "dependence.R")
write_case <- function(name, out) writeLines(json(out), paste0(name, ".json"))
rows <- function(x) unname(as.matrix(x))

# --- three-level models and cluster-robust inference -------------------------------------

robust_tests <- function(f, cluster) {
  constraint <- if (f$p > 1) constrain_zero(2:f$p) else constrain_zero(1)
  sapply(c("CR0", "CR1", "CR1S", "CR2"), function(type) {
    v <- vcovCR(f, cluster = cluster, type = type)
    t <- coef_test(f, vcov = v, test = "Satterthwaite")
    w <- Wald_test(f, constraints = constraint, vcov = v, test = "HTZ")
    chi <- Wald_test(f, constraints = constraint, vcov = v, test = "chi-sq")
    list(vcov = rows(as.matrix(v)), se = t$SE, df = t$df, p_value = t$p_Satt,
         htz = c(w$Fstat, w$df_num, w$df_denom, w$p_val), chi2 = c(chi$Fstat, chi$p_val))
  }, simplify = FALSE)
}
three_level <- function(d, V, mods, method, robust = TRUE, profile = FALSE) {
  f <- tight_fit(d, V, mods, method)
  out <- list(method = method, names = rownames(f$beta), estimate = as.numeric(f$beta), se = f$se,
              statistic = f$zval, p_value = f$pval, ci_low = f$ci.lb, ci_high = f$ci.ub,
              vcov = rows(vcov(f)), sigma2 = f$sigma2, loglik = as.numeric(logLik(f)),
              qe = f$QE, qe_p = f$QEp, qm = f$QM, qm_p = f$QMp)
  ft <- tight_fit(d, V, mods, method, test = "t")
  out$t <- list(p_value = ft$pval, ci_low = ft$ci.lb, ci_high = ft$ci.ub, qm = ft$QM, qm_p = ft$QMp)
  if (robust) out$robust <- robust_tests(f, d$cluster)
  if (profile) {
    g <- rma.mv(yi, V, mods = mods, random = ~ 1 | cluster / effect, data = d, method = method)
    ci <- confint(g, control = list(vc.max = 2))
    out$sigma2_ci <- list(cluster = ci[[1]]$random[1, 2:3], effect = ci[[2]]$random[1, 2:3])
  }
  out
}
mv_source <- function(call) source_block(call,
  "list(optimizer = 'nlminb', rel.tol = 1e-14 to 1e-11), the tightest that converges")

kon <- dat.konstantopoulos2011
kon$cluster <- kon$district; kon$effect <- kon$school; kon$decade <- (kon$year - 1990) / 10
V6 <- vcalc(vi, cluster = district, obs = school, rho = 0.6, data = kon)
agg <- function(weighted, rho) {
  a <- aggregate(escalc(yi = kon$yi, vi = kon$vi, data = kon), cluster = kon$district,
                 struct = "CS", rho = rho, weighted = weighted)
  list(yi = as.numeric(a$yi), vi = as.numeric(a$vi))
}
wls <- rma(yi, vi, mods = ~ decade, data = kon, control = tight)
write_case("konstantopoulos2011", list(
  source = mv_source("dat.konstantopoulos2011; rma.mv(yi, V, random = ~ 1 | district/school); vcovCR"),
  yi = as.numeric(kon$yi), vi = as.numeric(kon$vi), cluster = kon$district, decade = kon$decade,
  fits = list("REML" = three_level(kon, kon$vi, ~ 1, "REML", profile = TRUE),
              "ML" = three_level(kon, kon$vi, ~ 1, "ML", profile = TRUE),
              "REML decade" = three_level(kon, kon$vi, ~ decade, "REML"),
              "REML decade2" = three_level(kon, kon$vi, ~ decade + I(decade^2), "REML"),
              "REML rho 0.6" = three_level(kon, V6, ~ 1, "REML", profile = TRUE),
              "REML rho 0.6 decade2" = three_level(kon, V6, ~ decade + I(decade^2), "REML"),
              "ML rho 0.6 decade" = three_level(kon, V6, ~ decade, "ML")),
  one_level = list("REML decade" = list(estimate = as.numeric(wls$beta), tau2 = wls$tau2,
                   robust = robust_tests(wls, kon$district))),
  aggregated = list("weighted 0.5" = agg(TRUE, 0.5), "simple 0.5" = agg(FALSE, 0.5),
                    "weighted 0.8" = agg(TRUE, 0.8), "simple 0.8" = agg(FALSE, 0.8))))

ass <- dat.assink2016
ass$cluster <- ass$study; ass$effect <- ass$esid
V5 <- vcalc(vi, cluster = study, obs = esid, rho = 0.5, data = ass)
write_case("assink2016", list(
  source = mv_source("dat.assink2016; rma.mv(yi, V, random = ~ 1 | study/esid); vcovCR"),
  yi = as.numeric(ass$yi), vi = as.numeric(ass$vi), cluster = ass$study, deltype = ass$deltype,
  year = ass$year, pubstatus = ass$pubstatus,
  fits = list("REML" = three_level(ass, ass$vi, ~ 1, "REML", profile = TRUE),
              "REML deltype" = three_level(ass, ass$vi, ~ deltype, "REML"),
              "REML rho 0.5" = three_level(ass, V5, ~ 1, "REML"),
              "REML rho 0.5 deltype" = three_level(ass, V5, ~ deltype + year, "REML"))))

ber <- dat.berkey1998
ber$cluster <- ber$trial; ber$effect <- seq_len(nrow(ber))
VB <- bldiag(lapply(split(ber[, c("v1i", "v2i")], ber$trial), as.matrix))
cs <- tight_fit(ber, VB, ~ outcome - 1, "REML", random = ~ outcome | trial, struct = "CS")
write_case("berkey1998", list(
  source = mv_source("dat.berkey1998; rma.mv(yi, V, mods = ~ outcome - 1, random = ~ 1 | trial/effect)"),
  yi = as.numeric(ber$yi), V = rows(VB), cluster = ber$trial, outcome = as.character(ber$outcome),
  fits = list("REML" = three_level(ber, VB, ~ outcome - 1, "REML", robust = FALSE),
              "ML" = three_level(ber, VB, ~ outcome - 1, "ML", robust = FALSE)),
  compound_symmetry = list(tau2 = cs$tau2, rho = cs$rho, estimate = as.numeric(cs$beta), se = cs$se,
                           loglik = as.numeric(logLik(cs)))))
