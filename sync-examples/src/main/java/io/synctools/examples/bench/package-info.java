/**
 * The benchmark: the same work by us and by what people would use instead, in one run, as whole processes.
 *
 * <p>{@code Bench} leads, {@code FileCases} and the others say what is measured, {@code Stopwatch} measures one process,
 * {@code Table} prints.
 */
@NullMarked
package io.synctools.examples.bench;

import org.jspecify.annotations.NullMarked;
