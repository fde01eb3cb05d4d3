# Steps from a number to 1: halve the even ones, triple the odd ones and add 1.
BEGIN {
  if (start < 1) {
    print "start must be a positive number" > "/dev/stderr"
    exit 2
  }
  highest = start
  for (n = start; n != 1; steps++) {
    n = n % 2 ? 3 * n + 1 : n / 2
    if (n > highest) highest = n
  }
  print "start " start
  print "steps = " steps + 0
  print "highest = " highest
}
