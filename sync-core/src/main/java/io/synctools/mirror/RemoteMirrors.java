package io.synctools.mirror;

import io.synctools.internal.retry.Retrier;
import io.synctools.model.ArtifactRef;
import io.synctools.spi.RunContext;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds the view of a place that is no folder by its scheme. */
public final class RemoteMirrors {

    private RemoteMirrors() {}

    /**
     * What lies below a place. Each question is asked again where that may help.
     *
     * @throws IllegalArgumentException if no platform on the path shows places of that scheme
     */
    public static RemoteMirror of(ArtifactRef place, RunContext context) {
        RemoteMirror mirror = Stream.of(
                        Thread.currentThread().getContextClassLoader(), RemoteMirrors.class.getClassLoader())
                .flatMap(loader -> ServiceLoader.load(RemoteMirrorProvider.class, loader).stream())
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals(place.scheme()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "nothing tells what is kept at \"" + place.text() + "\"; put its platform's jar on the path"))
                .create(context, place);
        return new RetriedMirror(mirror, Retrier.of(context));
    }
}
