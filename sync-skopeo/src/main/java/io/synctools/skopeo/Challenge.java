package io.synctools.skopeo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One challenge of a {@code WWW-Authenticate} header.
 *
 * @param scheme in lower case: {@code basic}, {@code bearer}
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    /** A parameter, or the name of the next challenge; commas stand between all of them. */
    private static final Pattern PART = Pattern.compile("\\s*,?\\s*(?:(" + TOKEN
            + ")\\s*=\\s*(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|(" + TOKEN + "))|(" + TOKEN + ")(?=\\s|,|$))");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** All challenges of all such headers, in their order; what is not understood ends a header. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> found = new ArrayList<>();
        for (String header : headers) {
            Matcher part = PART.matcher(header);
            String scheme = "";
            Map<String, String> parameters = new HashMap<>();
            int end = 0;
            while (part.find() && part.start() == end) {
                end = part.end();
                String name = part.group(1);
                if (name == null) {
                    if (!scheme.isEmpty()) {
                        found.add(new Challenge(scheme, parameters));
                    }
                    scheme = part.group(4).toLowerCase(Locale.ROOT);
                    parameters.clear();
                } else {
                    String quoted = part.group(2);
                    parameters.put(
                            name.toLowerCase(Locale.ROOT),
                            quoted == null ? part.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
                }
            }
            if (!scheme.isEmpty()) {
                found.add(new Challenge(scheme, parameters));
            }
        }
        return found;
    }

    /** The first challenge of a scheme. */
    static Optional<Challenge> find(List<Challenge> challenges, String scheme) {
        return challenges.stream().filter(c -> c.scheme.equals(scheme)).findFirst();
    }

    /** A parameter's value; empty where it is absent. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
