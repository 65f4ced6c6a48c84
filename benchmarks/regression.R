# The workloads of regression.py in R: Rscript regression.R FOLDER PERMUTATIONS
suppressMessages({library(metafor); library(clubSandwich)})
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
permutations <- as.integer(arguments[2])
timed <- function(name, work) {
  seconds <- system.time(result <- work())[["elapsed"]]
  cat(name, "\t", sprintf("%.6f", seconds), "\n", sep = "")
  invisible(result)
}

d <- read.csv(file.path(folder, "studies.csv"), header = FALSE, col.names = c("y", "se", "x"))
model <- function() rma(y, sei = se, mods = ~ x, data = d, test = "knha")
invisible(model())
fit <- timed("meta-regression REML, k = 13", model)
timed(sprintf("permutation test, %s orders", format(permutations, big.mark = ",")), function()
  permutest(fit, iter = permutations, progbar = FALSE))

for (path in sort(list.files(folder, "^nested_"))) {
  d <- read.csv(file.path(folder, path), header = FALSE, col.names = c("y", "se", "cluster", "x"))
  d$effect <- seq_len(nrow(d))
  k <- nrow(d)
  three <- timed(sprintf("three-level REML, k = %d", k), function()
    rma.mv(y, se^2, mods = ~ x, random = ~ 1 | cluster / effect, data = d, sparse = TRUE))
  timed(sprintf("CR2 and Satterthwaite, k = %d", k), function()
    coef_test(three, vcov = "CR2", cluster = d$cluster))
}
