# Hazardous areas as simple features in R.
#
# Usage: Rscript areas.R PROGRAMME [TOKEN], where PROGRAMME is the address of a programme, for example
# http://127.0.0.1:8080/programmes/cambodia. Needs the package sf.

library(sf)

given <- commandArgs(trailingOnly = TRUE)
programme <- given[1]
if (length(given) > 1) {
  # GDAL, which reads for sf, sends this with every question.
  Sys.setenv(GDAL_HTTP_HEADERS = paste("Authorization: Bearer", given[2]))
}

# All records that a filter finds, page by page. A whole collection: leave the query out.
confirmed <- st_read(
  paste0("OAPIF:", programme),
  query = "SELECT * FROM \"hazardous-areas\" WHERE classification = 'confirmed'",
  quiet = TRUE
)
cat(nrow(confirmed), "confirmed areas\n")

# The same from one file, with a box.
question <- "f=geojson&bbox=103,13,103.5,13.5"
in_box <- st_read(paste0(programme, "/collections/hazardous-areas/items?", question), quiet = TRUE)
cat(nrow(in_box), "areas in the box\n")

# Sums of square metres come from the server: it counts land under two areas once, and area on the
# ellipsoid. Areas computed from the geometries here would do neither.
balance <- read.csv(url(
  paste0(programme, "/balance?group_by=region&level=1&f=csv"),
  headers = if (length(given) > 1) c(Authorization = paste("Bearer", given[2]))
), encoding = "UTF-8")
balance$region_name <- ifelse(balance$region == "total", "total", balance$region_name)
print(balance[, c("region_name", "closing_m2")], row.names = FALSE)
