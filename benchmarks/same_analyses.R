# The analyses of this workspace in R with metafor: the same models, leave-one-out, variations by
# model, and a forest plot as SVG, PNG and PDF in two languages' worth of files.
# Reads figures/<analysis>/studies.en.csv; called by command_line.py from a workspace.
suppressMessages(library(metafor))
out <- tempfile("figures")
dir.create(out)
for (id in list.dirs("figures", full.names = FALSE, recursive = FALSE)) {
  file <- file.path("figures", id, "studies.en.csv")
  if (!file.exists(file)) next
  rows <- read.csv(file)
  rows <- rows[rows$status == "pooled", ]
  yi <- rows$analysis_estimate
  vi <- rows$analysis_se^2
  fit <- rma(yi, vi, method = "REML", test = "knha", slab = rows$label)
  prediction <- predict(fit, transf = exp)
  interval <- confint(fit)
  others <- leave1out(fit)
  for (method in c("DL", "EE")) rma(yi, vi, method = method)
  for (language in c("en", "nl")) {
    name <- file.path(out, paste0(id, ".", language))
    height <- 3 + 0.25 * length(yi)
    draw <- function() forest(fit, atransf = exp, addpred = TRUE, header = TRUE)
    svg(paste0(name, ".svg"), width = 7, height = height); draw(); invisible(dev.off())
    png(paste0(name, ".png"), width = 1400, height = 200 * height, res = 200); draw(); invisible(dev.off())
    pdf(paste0(name, ".pdf"), width = 7, height = height); draw(); invisible(dev.off())
  }
}
