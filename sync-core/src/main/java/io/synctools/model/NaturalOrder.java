package io.synctools.model;

/** Orders text as people do: runs of digits by their value, the rest by letter, so that {@code rc9} is before {@code rc10}. */
final class NaturalOrder {

    private NaturalOrder() {}

    static int compare(String left, String right) {
        int i = 0;
        int j = 0;
        while (i < left.length() && j < right.length()) {
            int order;
            if (digit(left.charAt(i)) && digit(right.charAt(j))) {
                int leftEnd = endOfDigits(left, i);
                int rightEnd = endOfDigits(right, j);
                order = compareNumbers(left.substring(i, leftEnd), right.substring(j, rightEnd));
                i = leftEnd;
                j = rightEnd;
            } else {
                order = Character.compare(left.charAt(i++), right.charAt(j++));
            }
            if (order != 0) {
                return order;
            }
        }
        int order = Integer.compare(left.length() - i, right.length() - j);
        return order != 0 ? order : left.compareTo(right);
    }

    private static int compareNumbers(String left, String right) {
        String leftDigits = left.replaceFirst("^0+", "");
        String rightDigits = right.replaceFirst("^0+", "");
        int order = Integer.compare(leftDigits.length(), rightDigits.length());
        return order != 0 ? order : leftDigits.compareTo(rightDigits);
    }

    private static int endOfDigits(String text, int from) {
        int end = from;
        while (end < text.length() && digit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }
}
