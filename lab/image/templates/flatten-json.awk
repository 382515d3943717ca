# Turns JSON into lines such as networks.0.ip_address=192.0.2.5 (strings unescaped but for \u).
{ text = text $0 "\n" }
function blank() { while (substr(text, at, 1) ~ /[ \t\r\n]/) at++ }
function string(   out, c) {
  out = ""; at++
  while (at <= length(text) && (c = substr(text, at, 1)) != "\"") {
    if (c == "\\") { at++; c = substr(text, at, 1); if (c == "n") c = " "; else if (c == "t") c = " " }
    out = out c; at++
  }
  at++
  return out
}
function value(path,   c, key, index_, word) {
  blank(); c = substr(text, at, 1)
  if (c == "{") {
    at++; blank()
    while (at <= length(text) && substr(text, at, 1) != "}") {
      key = string(); blank(); at++
      value(path == "" ? key : path "." key); blank()
      if (substr(text, at, 1) == ",") { at++; blank() }
    }
    at++
  } else if (c == "[") {
    at++; blank(); index_ = 0
    while (at <= length(text) && substr(text, at, 1) != "]") {
      value(path "." index_++); blank()
      if (substr(text, at, 1) == ",") { at++; blank() }
    }
    at++
  } else if (c == "\"") print path "=" string()
  else {
    word = ""
    while (at <= length(text) && (c = substr(text, at, 1)) !~ /[],} \t\r\n]/) { word = word c; at++ }
    if (word != "null") print path "=" word
  }
}
END { at = 1; value("") }
