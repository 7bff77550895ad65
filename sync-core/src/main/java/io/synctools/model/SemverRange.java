package io.synctools.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of versions: {@code >=1.2 <2}, {@code ^1.2}, {@code ~1.2.3}, {@code 1.x}, {@code 1.2 - 1.4}; a blank or a comma
 * means "and", {@code ||} means "or".
 *
 * <p>A version with fewer numbers stands for all that begin with them. A pre-release is in the range only where the
 * alternative that takes it names a pre-release itself ({@code >=1.2.0-0}): "1.2 or later" means releases to most people.
 */
final class SemverRange {
    private static final String NUMBER = "(\\d{1,18}|[xX*])";
    private static final Pattern TERM = Pattern.compile("(>=|<=|!=|>|<|=|\\^|~)?[ \\t]*[vV]?" + NUMBER + "(?:\\."
            + NUMBER + ")?(?:\\." + NUMBER + ")?(?:-([0-9A-Za-z.-]+))?");
    private static final Pattern HYPHEN = Pattern.compile("[ \\t]*([^\\s,]+)[ \\t]+-[ \\t]+([^\\s,]+)[ \\t]*");

    /** One comparison; the version it names may be given by fewer than three numbers. */
    private record Term(String operator, List<BigInteger> numbers, String suffix) {

        boolean has(TagVersion version) {
            int order = compare(version);
            return switch (operator) {
                case ">" -> order > 0;
                case ">=" -> order >= 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case "!=" -> order != 0;
                case "^" -> order >= 0 && sameNumbers(version, keptByCaret());
                case "~" -> order >= 0 && sameNumbers(version, Math.min(2, numbers.size()));
                default -> order == 0;
            };
        }

        /** How the version stands to this one; equal where it begins with the numbers given. */
        private int compare(TagVersion version) {
            if (numbers.size() == 3) {
                return version.compareTo(new TagVersion(numbers, suffix));
            }
            for (int i = 0; i < numbers.size(); i++) {
                int order = version.numbers().get(i).compareTo(numbers.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }

        private boolean sameNumbers(TagVersion version, int count) {
            return version.numbers().subList(0, count).equals(numbers.subList(0, count));
        }

        /** Up to the first number that is not zero, else all that are given. */
        private int keptByCaret() {
            for (int i = 0; i < numbers.size(); i++) {
                if (numbers.get(i).signum() != 0) {
                    return i + 1;
                }
            }
            return numbers.size();
        }
    }

    private final List<List<Term>> alternatives;

    private SemverRange(List<List<Term>> alternatives) {
        this.alternatives = List.copyOf(alternatives);
    }

    /**
     * Reads a range.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static SemverRange parse(String text) {
        List<List<Term>> alternatives = new ArrayList<>();
        for (String alternative : text.split("\\|\\|", -1)) {
            alternatives.add(terms(alternative));
        }
        return new SemverRange(alternatives);
    }

    boolean has(TagVersion version) {
        for (List<Term> terms : alternatives) {
            boolean preReleases = terms.stream().anyMatch(term -> !term.suffix().isEmpty());
            if ((preReleases || !version.preRelease()) && terms.stream().allMatch(term -> term.has(version))) {
                return true;
            }
        }
        return false;
    }

    private static List<Term> terms(String text) {
        Matcher hyphen = HYPHEN.matcher(text);
        String plain = hyphen.matches() ? ">=" + hyphen.group(1) + " <=" + hyphen.group(2) : text;
        List<Term> terms = new ArrayList<>();
        Matcher matcher = TERM.matcher(plain);
        int at = 0;
        while (at < plain.length()) {
            if (blank(plain.charAt(at))) {
                at++;
                continue;
            }
            matcher.region(at, plain.length());
            if (!matcher.lookingAt() || (matcher.end() < plain.length() && !blank(plain.charAt(matcher.end())))) {
                throw new IllegalArgumentException("\"" + plain.substring(at).strip() + "\" is no version");
            }
            terms.add(term(matcher));
            at = matcher.end();
        }
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("it is empty, or an alternative of it");
        }
        return List.copyOf(terms);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == ',' || c == '\t';
    }

    private static Term term(Matcher matcher) {
        List<BigInteger> numbers = new ArrayList<>();
        boolean wildcard = false;
        for (int group = 2; group <= 4; group++) {
            String number = matcher.group(group);
            if (number != null && !Character.isDigit(number.charAt(0))) {
                wildcard = true;
            } else if (number != null && !wildcard) {
                numbers.add(new BigInteger(number));
            }
        }
        String operator = matcher.group(1);
        String suffix = matcher.group(5);
        while (suffix != null && !wildcard && numbers.size() < 3) {
            numbers.add(BigInteger.ZERO);
        }
        return new Term(operator == null ? "" : operator, List.copyOf(numbers), suffix == null ? "" : suffix);
    }
}
