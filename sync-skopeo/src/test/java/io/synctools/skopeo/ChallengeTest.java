package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {

    @Test
    void keepsCommasInsideQuotedScopes() {
        List<Challenge> found = Challenge.parse(List.of(
                "Bearer realm=\"https://auth.example/token\",service=\"a b\",scope=\"repository:a/b:pull,push\""));
        assertEquals(
                List.of(new Challenge(
                        "bearer",
                        Map.of(
                                "realm", "https://auth.example/token",
                                "service", "a b",
                                "scope", "repository:a/b:pull,push"))),
                found);
    }

    @Test
    void readsSeveralChallengesOfOneHeaderAndOfSeveral() {
        List<Challenge> found = Challenge.parse(
                List.of("Negotiate, Basic realm=\"r\", charset=UTF-8, Bearer realm=\"https://x/\"", "Digest a=b"));
        assertEquals(
                List.of("negotiate", "basic", "bearer", "digest"),
                found.stream().map(Challenge::scheme).toList());
        assertEquals("UTF-8", found.get(1).parameter("charset"));
        assertEquals("https://x/", found.get(2).parameter("realm"));
    }

    @Test
    void unescapesQuotedTextAndTakesNamesInAnyCase() {
        Challenge found =
                Challenge.parse(List.of("BASIC Realm = \"say \\\"hi\\\"\"")).get(0);
        assertEquals("say \"hi\"", found.parameter("realm"));
        assertEquals("basic", found.scheme());
    }

    @Test
    void rubbishGivesNothing() {
        assertTrue(Challenge.parse(List.of("", "=", "\"")).isEmpty());
        assertTrue(Challenge.find(Challenge.parse(List.of("Basic realm=x")), "bearer")
                .isEmpty());
    }
}
