package io.synctools.examples.release;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Executable;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a module lets everybody use, as text: types and members of the packages that it exports without condition. */
record PublicApi(Set<String> packages, String text) {

    /** Reads it from a folder of classes. */
    static PublicApi of(Path classes) throws IOException {
        Set<String> packages = new TreeSet<>();
        try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
            ModuleDescriptor.read(in).exports().stream()
                    .filter(export -> !export.isQualified())
                    .forEach(export -> packages.add(export.source()));
        }
        StringBuilder text = new StringBuilder();
        for (String name : packages) {
            for (Class<?> type : types(classes.resolve(name.replace('.', '/')), name)) {
                describe(text, type);
            }
        }
        return new PublicApi(packages, text.toString());
    }

    private static List<Class<?>> types(Path folder, String name) throws IOException {
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (String file :
                    files.map(path -> path.getFileName().toString()).sorted().toList()) {
                if (file.endsWith(".class") && !file.equals("package-info.class")) {
                    Class<?> type = load(name + "." + file.substring(0, file.length() - ".class".length()));
                    if (visible(type)) {
                        types.add(type);
                    }
                }
            }
        }
        return types;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicApi.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e); // its file lies before us
        }
    }

    private static boolean visible(Class<?> type) {
        return !type.isAnonymousClass()
                && !type.isLocalClass()
                && open(type.getModifiers())
                && (type.getEnclosingClass() == null || visible(type.getEnclosingClass()));
    }

    private static boolean open(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static void describe(StringBuilder text, Class<?> type) {
        text.append(type.toGenericString());
        if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
            text.append(" extends ").append(type.getGenericSuperclass().getTypeName());
        }
        if (type.getInterfaces().length > 0) {
            text.append(" implements ")
                    .append(Stream.of(type.getGenericInterfaces())
                            .map(Type::getTypeName)
                            .collect(Collectors.joining(", ")));
        }
        text.append('\n');
        members(type.getDeclaredFields())
                .forEach(line -> text.append("  ").append(line).append('\n'));
        members(type.getDeclaredConstructors())
                .forEach(line -> text.append("  ").append(line).append('\n'));
        members(type.getDeclaredMethods())
                .forEach(line -> text.append("  ").append(line).append('\n'));
    }

    private static <M extends Member> List<String> members(M[] members) {
        return Stream.of(members)
                .filter(member -> open(member.getModifiers()) && !member.isSynthetic())
                .map(member -> member instanceof Executable executable
                        ? executable.toGenericString()
                        : ((java.lang.reflect.Field) member).toGenericString())
                .sorted()
                .toList();
    }
}
