# One table of counts in R with metafor: what `evidencekit pool` prints of it.
# Called by command_line.py with the table beside it.
suppressMessages(library(metafor))
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
fit <- rma(measure = "RR", ai = events1, n1i = total1, ci = events2, n2i = total2, data = d,
           slab = d$study, method = "REML", test = "knha")
print(fit)
print(predict(fit, transf = exp))
print(confint(fit))
