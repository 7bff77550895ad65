package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkHeaderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<https://hub/p?cursor=2>; rel=\"next\"",
                "<https://hub/p?cursor=2>;rel=next",
                "< https://hub/p?cursor=2 > ; REL = Next ",
                "<https://hub/p?cursor=2>; title=\"a, b; <c>\"; rel=\"prefetch next\"",
                "<https://hub/p?cursor=0>; rel=\"prev\", <https://hub/p?cursor=2>; rel=\"next\"",
                "<https://hub/p?cursor=2>; rel=next; rel=prev",
                "<https://hub/p?cursor=2>; title=\"escaped \\\" quote\"; rel=next"
            })
    void findsTheNextPageInEveryForm(String header) {
        assertEquals(Optional.of("https://hub/p?cursor=2"), LinkHeader.next(List.of(header)));
    }

    @Test
    void keepsCommasAndSemicolonsOfTheTarget() {
        assertEquals(
                Optional.of("/v2/a/tags/list?last=x,y;z&n=2"),
                LinkHeader.next(List.of("</v2/a/tags/list?last=x,y;z&n=2>; rel=\"next\"")));
    }

    @Test
    void looksIntoEveryHeader() {
        assertEquals(Optional.of("/b"), LinkHeader.next(List.of("</a>; rel=first", "</b>; rel=next")));
    }

    @Test
    void readsAllLinksWithTheirRelations() {
        assertEquals(
                List.of(new LinkHeader("/a", List.of("xet-auth")), new LinkHeader("/b", List.of())),
                LinkHeader.parse(List.of("</a>; rel=\"xet-auth\", </b>")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<",
                "<https://hub/p",
                "https://hub/p; rel=next",
                "<a>; rel=\"prev\"",
                "<a>; title=\"rel=next\"",
                "<a>; rel=prev; rel=next",
                "<a>; nextrel=next",
                "<a>; rel=\"nextpage\"",
                "<a>; rel"
            })
    void findsNoNextPageWhereThereIsNone(String header) {
        assertEquals(Optional.empty(), LinkHeader.next(List.of(header)));
    }
}
