# Reference values as JSON with all their digits; influence.R and multivariate.R read this file.

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
    paste0("[", paste(apply(x, 1, number), collapse = ", "), "]")
  } else if (is.numeric(x)) number(x) else text(x)
}
