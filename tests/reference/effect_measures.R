# Every effect measure as metafor's escalc computes it, with its variants.
# Run in this folder:  Rscript effect_measures.R
# UCOR needs the package gsl.
suppressMessages(library(metafor))

number <- function(x) {
  out <- ifelse(is.na(x), "null", sprintf("%.17g", x))
  paste0("[", paste(out, collapse = ", "), "]")
}
json <- function(x, indent = "") {
  if (is.list(x)) {
    inner <- paste0(indent, "  ")
    parts <- mapply(function(n, v) paste0(inner, "\"", n, "\": ", json(v, inner)), names(x), x)
    paste0("{\n", paste(parts, collapse = ",\n"), "\n", indent, "}")
  } else if (is.numeric(x)) number(x)
  else paste0("\"", gsub("\"", "'", as.character(x)), "\"")
}

one <- function(measure, args, ...) {
  e <- suppressWarnings(do.call(escalc, c(list(measure = measure), args, list(...))))
  ok <- is.finite(e$yi) & is.finite(e$vi)
  list(yi = as.numeric(ifelse(ok, e$yi, NA)), vi = as.numeric(ifelse(ok, e$vi, NA)))
}
cases <- list()
add <- function(name, data, call, inputs, variants)
  cases[[name]] <<- list(data = data, call = call, inputs = lapply(inputs, as.numeric), variants = variants)

# --- counts of two arms -----------------------------------------------------------------
b <- dat.bcg
a <- c(b$tpos, 0, 3, 10); n1 <- c(b$tpos + b$tneg, 100, 60, 12)
c2 <- c(b$cpos, 3, 0, 2); n2 <- c(b$cpos + b$cneg, 50, 55, 9)
arms <- list(ai = a, n1i = n1, ci = c2, n2i = n2)
inputs <- list(events_1 = a, total_1 = n1, events_2 = c2, total_2 = n2)
source <- "dat.bcg, and three invented studies with few events"
for (m in c("PETO", "AS"))
  add(m, source, sprintf("escalc('%s', ai =, n1i =, ci =, n2i =, to = 'none')", m), inputs,
      list(LS = one(m, arms, to = "none")))
add("RR", source, "escalc('RR', ai =, n1i =, ci =, n2i =)", inputs, list(LS = one("RR", arms)))
add("OR", source, "escalc('OR', ai =, n1i =, ci =, n2i =)", inputs, list(LS = one("OR", arms)))
add("RD", source, "escalc('RD', ai =, n1i =, ci =, n2i =, to = 'none')", inputs,
    list(LS = one("RD", arms, to = "none")))

# --- rates --------------------------------------------------------------------------------
h <- dat.hart1999
x1 <- c(h$x1i, 0, 4); t1 <- c(h$t1i, 120, 33.5); x2 <- c(h$x2i, 5, 0); t2 <- c(h$t2i, 118, 40)
arms <- list(x1i = x1, t1i = t1, x2i = x2, t2i = t2)
inputs <- list(events_1 = x1, time_1 = t1, events_2 = x2, time_2 = t2)
source <- "dat.hart1999, and two invented studies without events in an arm"
add("IRR", source, "escalc('IRR', x1i =, t1i =, x2i =, t2i =)", inputs, list(LS = one("IRR", arms)))
for (m in c("IRD", "IRSD"))
  add(m, source, sprintf("escalc('%s', x1i =, t1i =, x2i =, t2i =, to = 'none')", m), inputs,
      list(LS = one(m, arms, to = "none")))

# --- means of two arms -------------------------------------------------------------------
d <- dat.normand1999
arms <- list(m1i = d$m1i, sd1i = d$sd1i, n1i = d$n1i, m2i = d$m2i, sd2i = d$sd2i, n2i = d$n2i)
inputs <- list(mean_1 = d$m1i, sd_1 = d$sd1i, total_1 = d$n1i, mean_2 = d$m2i, sd_2 = d$sd2i, total_2 = d$n2i)
call <- "escalc('%s', m1i =, sd1i =, n1i =, m2i =, sd2i =, n2i =, vtype =)"
add("MD", "dat.normand1999", sprintf(call, "MD"), inputs,
    list(LS = one("MD", arms), HO = one("MD", arms, vtype = "HO")))
add("SMD", "dat.normand1999", sprintf(call, "SMD"), inputs,
    sapply(c(LS = "LS", LS2 = "LS2", UB = "UB", AV = "AV"), function(v) one("SMD", arms, vtype = v), simplify = FALSE))
# escalc of 3.8-1 always corrects for bias; Cohen's d is written out.
with(d, {
  s <- sqrt(((n1i - 1) * sd1i^2 + (n2i - 1) * sd2i^2) / (n1i + n2i - 2))
  y <- (m1i - m2i) / s
  add("D", "dat.normand1999", "base R: (m1i - m2i) / s; 1/n1i + 1/n2i + y^2 / (2 * (n1i + n2i))", inputs,
      list(LS = list(yi = y, vi = 1/n1i + 1/n2i + y^2 / (2 * (n1i + n2i)))))
})
# metafor before 4.6 multiplies two variances that allow for unequal spreads by J^2; later
# versions do not. J is its own.
without_j2 <- function(case, m) { j <- metafor:::.cmicalc(m); case$vi <- case$vi / j^2; case }
add("SMDH", "dat.normand1999", "escalc('SMDH') of 3.8-1, variance over J^2", inputs,
    list(LS = without_j2(one("SMDH", arms), d$n1i + d$n2i - 2)))
add("SMD1", "dat.normand1999", "escalc('SMD1') and escalc('SMD1H')", inputs,
    list(LS = one("SMD1", arms), H = one("SMD1H", arms)))
k <- dat.curtis1998[1:12, ]
arms <- list(m1i = k$m1i, sd1i = k$sd1i, n1i = k$n1i, m2i = k$m2i, sd2i = k$sd2i, n2i = k$n2i)
inputs <- list(mean_1 = k$m1i, sd_1 = k$sd1i, total_1 = k$n1i, mean_2 = k$m2i, sd_2 = k$sd2i, total_2 = k$n2i)
add("ROM", "dat.curtis1998[1:12, ]", sprintf(call, "ROM"), inputs,
    list(LS = one("ROM", arms), HO = one("ROM", arms, vtype = "HO")))
for (m in c("VR", "CVR")) add(m, "dat.curtis1998[1:12, ]", sprintf(call, m), inputs, list(LS = one(m, arms)))

# --- log-rank -----------------------------------------------------------------------------
oe <- c(-8.1, 3.25, -0.4); v <- c(31.2, 12.75, 4.1)
cases$HR <- list(data = "invented", call = "(O - E)/V and 1/V",
                 inputs = list(observed_minus_expected = oe, variance = v),
                 variants = list(LS = list(yi = oe / v, vi = 1 / v)))

# --- an estimate as printed --------------------------------------------------------------
est <- c(-0.26, 1.5, 12); low <- c(-0.44, -0.6, 3.5); high <- c(-0.08, 3.6, 20.5)
cases$GEN <- list(data = "invented", call = "escalc('GEN', yi = est, sei = (high - low) / (2 * qnorm(.975)))",
                  inputs = list(value = est, low = low, high = high),
                  variants = list(LS = one("GEN", list(yi = est, sei = (high - low) / (2 * qnorm(.975))))))

# --- the same people twice ---------------------------------------------------------------
# Treatment and control groups of Morris (2008), table 1, as in help(escalc).
m2 <- c(23.1, 24.9, 0.6, 55.7, 34.8); s2 <- c(13.8, 4.1, 0.2, 17.3, 3.1)
m1 <- c(19.7, 25.3, 0.6, 60.7, 33.4); s1 <- c(14.8, 3.3, 0.2, 17.9, 6.9)
n <- c(20, 42, 9, 11, 14); r <- c(0.47, 0.64, 0.77, 0.89, 0.44)
inputs <- list(mean_1 = m1, sd_1 = s1, mean_2 = m2, sd_2 = s2, total = n, correlation = r)
arms <- list(m1i = m1, m2i = m2, sd1i = s1, sd2i = s2, ni = n, ri = r)
source <- "groups of Morris 2008, table 1 (spread after treatment partly invented)"
for (m in c("MC", "SMCC", "ROMC"))
  add(m, source, sprintf("escalc('%s', m1i =, m2i =, sd1i =, sd2i =, ni =, ri =)", m), inputs, list(LS = one(m, arms)))
swapped <- list(m1i = m1, m2i = m2, sd1i = s2, sd2i = s1, ni = n, ri = r)
add("SMCR", source, "escalc('SMCR'); escalc('SMCRH') of 3.8-1, variance over J^2; sd1i = spread of occasion 2", inputs,
    list(LS = one("SMCR", swapped), H = without_j2(one("SMCRH", swapped), n - 1)))

# --- pairs --------------------------------------------------------------------------------
p <- list(ai = c(20, 5, 12, 0, 31), bi = c(10, 4, 7, 3, 2), ci = c(6, 3, 7, 1, 9), di = c(30, 9, 1, 22, 14))
inputs <- list(both = p$ai, only_1 = p$bi, only_2 = p$ci, neither = p$di)
for (m in c("MPRR", "MPOR"))
  add(m, "invented", sprintf("escalc('%s', ai =, bi =, ci =, di =)", m), inputs, list(LS = one(m, p)))
for (m in c("MPORC", "MPRD"))
  add(m, "invented", sprintf("escalc('%s', ai =, bi =, ci =, di =, to = 'none')", m), inputs, list(LS = one(m, p, to = "none")))

# --- correlations -------------------------------------------------------------------------
m <- dat.molloy2014
arms <- list(ri = c(m$ri, -0.9, 0.97), ni = c(m$ni, 6, 9))
inputs <- list(r = arms$ri, n = arms$ni)
source <- "dat.molloy2014, and two invented extremes"
add("COR", source, "escalc('COR', ri =, ni =)", inputs, list(LS = one("COR", arms)))
add("ZCOR", source, "escalc('ZCOR', ri =, ni =)", inputs, list(LS = one("ZCOR", arms)))
add("UCOR", source, "escalc('UCOR', ri =, ni =, vtype =)", inputs,
    list(LS = one("UCOR", arms), UB = one("UCOR", arms, vtype = "UB")))

# --- one group ----------------------------------------------------------------------------
p <- dat.pritz1997
arms <- list(xi = c(p$xi, 0), ni = c(p$ni, 25)); inputs <- list(events = arms$xi, total = arms$ni)
source <- "dat.pritz1997, and an invented group without events"
add("PR", source, "escalc('PR', xi =, ni =, to = 'none')", inputs, list(LS = one("PR", arms, to = "none")))
for (m in c("PLN", "PLO")) add(m, source, sprintf("escalc('%s', xi =, ni =)", m), inputs, list(LS = one(m, arms)))
for (m in c("PAS", "PFT"))
  add(m, source, sprintf("escalc('%s', xi =, ni =, to = 'none')", m), inputs, list(LS = one(m, arms, to = "none")))
arms <- list(xi = x1, ti = t1); inputs <- list(events = x1, time = t1)
source <- "first arms of dat.hart1999, and two invented"
add("IR", source, "escalc('IR', xi =, ti =, to = 'none')", inputs, list(LS = one("IR", arms, to = "none")))
add("IRLN", source, "escalc('IRLN', xi =, ti =)", inputs, list(LS = one("IRLN", arms)))
for (m in c("IRS", "IRFT"))
  add(m, source, sprintf("escalc('%s', xi =, ti =, to = 'none')", m), inputs, list(LS = one(m, arms, to = "none")))
arms <- list(mi = d$m1i, sdi = d$sd1i, ni = d$n1i)
inputs <- list(mean = d$m1i, sd = d$sd1i, total = d$n1i)
for (m in c("MN", "MNLN"))
  add(m, "first arms of dat.normand1999", sprintf("escalc('%s', mi =, sdi =, ni =)", m), inputs, list(LS = one(m, arms)))

# --- whole published datasets ------------------------------------------------------------
datasets <- list()
whole <- function(name, measure, args, inputs, ...) {
  full <- complete.cases(as.data.frame(inputs))
  inputs <- lapply(inputs, function(x) x[full])
  args <- lapply(args, function(x) x[full])
  datasets[[name]] <<- c(list(measure = measure, call = sprintf("escalc('%s', data = dat.%s), rows without missing values", measure, name),
                              inputs = lapply(inputs, as.numeric)), one(measure, args, ...))
}
g <- dat.gibson2002
whole("gibson2002", "SMD", list(m1i = g$m1i, sd1i = g$sd1i, n1i = g$n1i, m2i = g$m2i, sd2i = g$sd2i, n2i = g$n2i),
      list(mean_1 = g$m1i, sd_1 = g$sd1i, total_1 = g$n1i, mean_2 = g$m2i, sd_2 = g$sd2i, total_2 = g$n2i))
k <- dat.curtis1998
whole("curtis1998", "ROM", list(m1i = k$m1i, sd1i = k$sd1i, n1i = k$n1i, m2i = k$m2i, sd2i = k$sd2i, n2i = k$n2i),
      list(mean_1 = k$m1i, sd_1 = k$sd1i, total_1 = k$n1i, mean_2 = k$m2i, sd_2 = k$sd2i, total_2 = k$n2i))
g <- dat.lee2004
whole("lee2004", "OR", list(ai = g$ai, n1i = g$n1i, ci = g$ci, n2i = g$n2i),
      list(events_1 = g$ai, total_1 = g$n1i, events_2 = g$ci, total_2 = g$n2i))
g <- dat.damico2009
whole("damico2009", "OR", list(ai = g$xt, n1i = g$nt, ci = g$xc, n2i = g$nc),
      list(events_1 = g$xt, total_1 = g$nt, events_2 = g$xc, total_2 = g$nc))
g <- dat.yusuf1985
whole("yusuf1985", "PETO", list(ai = g$ai, n1i = g$n1i, ci = g$ci, n2i = g$n2i),
      list(events_1 = g$ai, total_1 = g$n1i, events_2 = g$ci, total_2 = g$n2i), to = "none")

# --- the way back from Freeman-Tukey ------------------------------------------------------
y <- c(0.11, 0.3, 0.7, 1.1, 1.45); size <- c(20, 5, 12, 300, 44)
inverse <- list(value = y, size = size,
  proportion = mapply(function(a, b) transf.ipft(a, ni = b), y, size),
  rate = mapply(function(a, b) transf.iirft(a, ti = b), y, size))

writeLines(json(list(
  source = list(package = "metafor", version = as.character(packageVersion("metafor")),
                r = paste(R.version$major, R.version$minor, sep = "."),
                call = "the call of each case", script = "effect_measures.R"),
  cases = cases, datasets = datasets, freeman_tukey_inverse = inverse)), "effect_measures.json")
