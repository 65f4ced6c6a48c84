# Seconds metafor takes for one REML fit with Hartung-Knapp and prediction interval per id of a
# CSV table (id, yi, vi); called by models.py.
suppressMessages(library(metafor))
table <- read.csv(commandArgs(trailingOnly = TRUE)[1])
parts <- split(table, table$id)
used <- system.time(for (part in parts) {
  fit <- try(rma(yi, vi, data = part, method = "REML", test = "knha"), silent = TRUE)
  if (!inherits(fit, "try-error")) predict(fit)
})
cat(sprintf("%.17g\n", used[["user.self"]] + used[["sys.self"]]))
