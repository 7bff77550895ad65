package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.synctools.model.SyncOptions;
import io.synctools.serve.Dialect;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.SourceProvider;
import io.synctools.spi.TargetProvider;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProviderTest {

    /** Where the module's classes lie. */
    private static Path classes() throws URISyntaxException {
        return Path.of(ModelScopeProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    @Test
    void modulePathAndClassPathNameTheSameProviders() throws Exception {
        Map<String, List<String>> onModulePath = new HashMap<>();
        try (InputStream in = Files.newInputStream(classes().resolve("module-info.class"))) {
            ModuleDescriptor.read(in)
                    .provides()
                    .forEach(provides -> onModulePath.put(provides.service(), provides.providers()));
        }
        Map<String, List<String>> onClassPath = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(classes().resolve("META-INF/services"))) {
            for (Path file : files) {
                onClassPath.put(String.valueOf(file.getFileName()), Files.readAllLines(file, StandardCharsets.UTF_8));
            }
        }
        assertEquals(onModulePath, onClassPath);
        assertEquals(
                Set.of(SourceProvider.class.getName(), TargetProvider.class.getName(), Dialect.class.getName()),
                onClassPath.keySet());
    }

    @Test
    void serviceLoaderFindsSourceAndTargetByScheme() {
        RunContext context = RunContext.of(
                SyncOptions.builder().environment(Map.of("HOME", "/nowhere")).build());
        SourceProvider source = ServiceLoader.load(SourceProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals("modelscope"))
                .findFirst()
                .orElseThrow();
        assertInstanceOf(FileSource.class, source.create(context));
        TargetProvider target = ServiceLoader.load(TargetProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals("modelscope-cache"))
                .findFirst()
                .orElseThrow();
        assertEquals(FileSource.class, target.create(context).pullsFrom());
    }
}
