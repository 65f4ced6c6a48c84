# Reference values for meta-regression, from metafor with tight convergence (some minutes: the
# exact permutation tests). Run in this folder:  Rscript regression.R
suppressMessages({library(metafor); library(metadat)})

tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)

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
       r = paste(R.version$major, R.version$minor, sep = "."), call = call, control = control,
       script = "regression.R")
write_case <- function(name, out) writeLines(json(out), paste0(name, ".json"))
rows <- function(x) unname(as.matrix(x))

# --- meta-regression ------------------------------------------------------------------

metareg_fit <- function(yi, vi, mods, data, method, newmods) {
  fit <- function(test) suppressWarnings(rma(yi, vi, mods = mods, data = data, method = method,
                                             test = test, control = tight))
  one <- function(test) {
    f <- fit(test)
    p <- predict(f, newmods = newmods)
    list(estimate = as.numeric(f$beta), se = f$se, statistic = f$zval, p_value = f$pval,
         ci_low = f$ci.lb, ci_high = f$ci.ub, vcov = rows(vcov(f)), qm = f$QM, qm_p = f$QMp,
         predicted = p$pred, predicted_ci_low = p$ci.lb, predicted_ci_high = p$ci.ub,
         prediction_low = if (is.null(p$pi.lb)) NA else p$pi.lb,
         prediction_high = if (is.null(p$pi.ub)) NA else p$pi.ub)
  }
  z <- fit("z")
  out <- list(names = rownames(z$beta), tau2 = z$tau2, i2 = z$I2 / 100, h2 = z$H2,
              r2 = if (is.null(z$R2)) NA else z$R2 / 100, qe = z$QE, qe_p = z$QEp,
              loglik = as.numeric(logLik(z)), wald = one("z"))
  if (method != "EE") {
    out$HKSJ <- one("knha")
    out$t <- one("t")
    out[["HKSJ-adhoc"]] <- one("adhoc")
    ci <- confint(z, control = c(tight, list(tau2.max = 1000 * max(z$tau2, var(yi)))))
    out$tau2_ci <- ci$random[1, 2:3]
  }
  out
}
METHODS <- c(REML = "REML", ML = "ML", DL = "DL", PM = "PM", EB = "EB", HE = "HE", SJ = "SJ",
             EE = "EE")

bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
bcg_models <- list(
  "ablat + year" = list(~ ablat + year, cbind(c(20, 44), c(1950, 1970))),
  "alloc" = list(~ factor(alloc), cbind(c(0, 1, 0), c(0, 0, 1))),
  "ablat * year" = list(~ I(ablat - 33) * I(year - 1966),
                        cbind(c(-10, 5), c(-16, 4), c(160, 20))),
  "ablat, no constant" = list(~ 0 + ablat, cbind(c(20, 44))))
fits <- lapply(bcg_models, function(m) lapply(METHODS, function(method)
  metareg_fit(bcg$yi, bcg$vi, m[[1]], bcg, method, m[[2]])))
f <- rma(yi, vi, mods = ~ ablat + year + factor(alloc), data = bcg, control = tight)
contrast <- anova(f, X = rbind(c(0, 10, 1, 0, 0), c(0, 0, 0, 1, -1)))
knha <- rma(yi, vi, mods = ~ ablat + year + factor(alloc), data = bcg, test = "knha",
            control = tight)
contrast_f <- anova(knha, X = rbind(c(0, 10, 1, 0, 0), c(0, 0, 0, 1, -1)))
vifs <- vif(f)
vif_alloc <- vif(f, btt = 4:5)
few <- bcg[c(2, 4, 5, 7, 9, 11), ]
permute <- function(d, mods, method, test) {
  f <- rma(yi, vi, mods = mods, data = d, method = method, test = test, control = tight)
  p <- permutest(f, exact = TRUE, progbar = FALSE)
  list(p_value = p$pval, qm_p = p$QMp)
}
infl <- influence(rma(yi, vi, mods = ~ ablat, data = bcg, control = tight))
write_case("bcg_metareg", list(
  source = source_block("escalc('RR', data = dat.bcg); rma(yi, vi, mods = ~ ...)"),
  yi = as.numeric(bcg$yi), vi = as.numeric(bcg$vi), ablat = bcg$ablat, year = bcg$year,
  alloc = bcg$alloc, fits = fits,
  contrasts = list(formula = "ablat + year + alloc",
    estimate = as.numeric(contrast$Xb), se = as.numeric(contrast$se), statistic = contrast$zval,
    p_value = contrast$pval, qm = contrast$QM, qm_p = contrast$QMp,
    f = contrast_f$QM, f_p = contrast_f$QMp,
    vif = sapply(vifs$vif, function(v) v$vif), vif_alloc = vif_alloc$vif$vif),
  permutation = list(rows = c(2, 4, 5, 7, 9, 11),
    "REML wald ablat" = permute(few, ~ ablat, "REML", "z"),
    "DL HKSJ ablat" = permute(few, ~ ablat, "DL", "knha"),
    "REML HKSJ ablat + year" = permute(few, ~ ablat + year, "REML", "knha"))))

rau <- dat.raudenbush1985
rau$weeks2 <- ifelse(rau$weeks > 3, 3, rau$weeks)
write_case("raudenbush1985_metareg", list(
  source = source_block("dat.raudenbush1985; rma(yi, vi, mods = ~ weeks, weeks capped at 3)"),
  yi = as.numeric(rau$yi), vi = as.numeric(rau$vi), weeks = rau$weeks2, tester = rau$tester,
  fits = list("weeks" = lapply(METHODS, function(method)
                metareg_fit(rau$yi, rau$vi, ~ weeks2, rau, method, cbind(c(0, 2)))),
              "weeks * tester" = lapply(METHODS, function(method)
                metareg_fit(rau$yi, rau$vi, ~ weeks2 * tester, rau, method,
                            rbind(c(0, 0, 0), c(2, 1, 2)))))))

