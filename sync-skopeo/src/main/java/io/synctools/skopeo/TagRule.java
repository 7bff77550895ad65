package io.synctools.skopeo;

import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.model.TagPatterns;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a rule says of tags: which are declared, and what they are called at the destination.
 *
 * @param filter chooses and names them
 */
record TagRule(NameFilter filter) {
    private static final int SHOWN = 3;

    /** What a tag is called at the destination. */
    String renamed(String tag) {
        return filter.renamed(tag);
    }

    /**
     * Refuses a listing of which the rule declares nothing, and one of which it gives two tags one name.
     *
     * @throws SyncException naming the tags that come nearest, or those two
     */
    void admit(ImageRepository from, Listing listing) {
        boolean isShare = listing.leftOut().stream().anyMatch(entry -> filter.accepts(entry.path()));
        if (chooses() && listing.entries().isEmpty() && !isShare) {
            List<String> tags = listing.leftOut().stream().map(Entry::path).toList();
            throw new SyncException(
                    FailureKind.NOT_FOUND,
                    tags.isEmpty()
                            ? from + " has no tags"
                            : "none of the " + tags.size() + " tags of " + from + " matches " + filter.text()
                                    + "; the nearest are " + String.join(", ", nearest(tags)));
        }
        Map<String, String> names = new HashMap<>();
        for (Entry entry : listing.entries()) {
            String other = names.putIfAbsent(renamed(entry.path()), entry.path());
            if (other != null) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        other + " and " + entry.path() + " of " + from + " would both be "
                                + renamed(entry.path()) + " at the destination; \"exclude\" one of them, or give it"
                                + " another name");
            }
        }
    }

    /** Whether it leaves tags out that stand for themselves. */
    private boolean chooses() {
        String everything =
                filter.referrers() ? TagPatterns.all().withReferrers().text() : "";
        return !filter.text().equals(everything);
    }

    private List<String> nearest(List<String> tags) {
        Set<String> wanted =
                pairs(filter.text().replaceAll("\\b(?:word|include|exclude|semver|newest|rename|referrers)=", ""));
        return tags.stream()
                .sorted(Comparator.comparingDouble((String tag) -> -likeness(pairs(tag), wanted))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SHOWN)
                .toList();
    }

    /** The share of a tag's pairs of characters that is wanted. */
    private static double likeness(Set<String> tag, Set<String> wanted) {
        long common = tag.stream().filter(wanted::contains).count();
        return tag.isEmpty() ? 0 : 2.0 * common / (tag.size() + wanted.size());
    }

    private static Set<String> pairs(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        Set<String> pairs = new HashSet<>();
        for (int i = 0; i + 2 <= lower.length(); i++) {
            pairs.add(lower.substring(i, i + 2));
        }
        return pairs;
    }
}
