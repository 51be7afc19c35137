using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rekey.AspNetCore.Tokens;
using Rekey.Benchmarks.Measuring;
using Spectre.Console;

namespace Rekey.Benchmarks.Gateways;

/// <summary>What the package costs a gateway, beside JwtBearer's own ES256 validation in the same run.</summary>
internal static class GatewayCosts
{
    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var tokens = GatewayUnderTest.Tokens(run.Times(5_000, 200));
        var time = TimeSpan.FromSeconds(run.Times(10, 1));
        var table = new Table().AddColumns("", "µs a token", "beside JwtBearer", "bytes a token");

        // 1. In memory, one thread: validation alone. The first round is for the compiler.
        var plain = await ValidateAsync(new JsonWebTokenHandler(), tokens, time);
        plain = await ValidateAsync(new JsonWebTokenHandler(), tokens, time);
        AddRow(table, "JwtBearer's handler", plain, plain);
        foreach (var blocked in new[] { 0, 1_000, run.Times(100_000, 10_000) })
        {
            await using var distinct = await GatewayUnderTest.WithRekeyAsync(blocked, remembered: 0, cancellationToken);
            var handler = distinct.Services.GetRequiredService<GatewayTokenHandler>();
            await ValidateAsync(handler, tokens, time / 4);
            AddRow(table, $"Rekey, {blocked:n0} blocked, distinct tokens", await ValidateAsync(handler, tokens, time), plain);
        }

        await using (var repeated = await GatewayUnderTest.WithRekeyAsync(1_000, tokens.Count * 4, cancellationToken))
        {
            var handler = repeated.Services.GetRequiredService<GatewayTokenHandler>();
            await ValidateAsync(handler, tokens, time / 4);
            AddRow(table, "Rekey, 1,000 blocked, repeated tokens", await ValidateAsync(handler, tokens, time), plain);
        }

        // 2. Over HTTP, 32 connections; the client shares the machine.
        table.AddEmptyRow();
        table.AddRow("over HTTP", "requests a second", "beside JwtBearer", "p99");
        await using var bearer = await GatewayUnderTest.PlainAsync(cancellationToken);
        await using var rekey = await GatewayUnderTest.WithRekeyAsync(1_000, remembered: 0, cancellationToken);
        await using var remembering = await GatewayUnderTest.WithRekeyAsync(1_000, tokens.Count * 4, cancellationToken);
        await LoadAsync(bearer, tokens, time / 4, cancellationToken);
        var alone = await LoadAsync(bearer, tokens, time, cancellationToken);
        AddRow(table, "JwtBearer", alone, alone);
        await LoadAsync(rekey, tokens, time / 4, cancellationToken);
        AddRow(table, "Rekey, distinct tokens", await LoadAsync(rekey, tokens, time, cancellationToken), alone);
        await LoadAsync(remembering, tokens, time / 4, cancellationToken);
        AddRow(table, "Rekey, repeated tokens", await LoadAsync(remembering, tokens, time, cancellationToken), alone);
        return table;
    }

    private static async Task<(double Microseconds, double Bytes)> ValidateAsync(
        TokenHandler handler,
        IReadOnlyList<string> tokens,
        TimeSpan time
    )
    {
        var (count, watch, before) = (0L, Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        while (watch.Elapsed < time)
        {
            foreach (var token in tokens)
            {
                var result = await handler.ValidateTokenAsync(token, GatewayUnderTest.Plain);
                if (!result.IsValid)
                {
                    throw new InvalidOperationException("An honest token is refused.", result.Exception);
                }
            }

            count += tokens.Count;
        }

        return (watch.Elapsed.TotalMicroseconds / count, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count);
    }

    private static Task<LoadResult> LoadAsync(
        GatewayUnderTest gateway,
        IEnumerable<string> tokens,
        TimeSpan time,
        CancellationToken cancellationToken
    ) =>
        new Load(
            gateway.Address,
            [
                .. tokens.Select(t =>
                    Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nAuthorization: Bearer {t}\r\n\r\n")
                ),
            ],
            "ok"
        ).RunAsync(time, cancellationToken);

    private static void AddRow(
        Table table,
        string what,
        (double Microseconds, double Bytes) cost,
        (double Microseconds, double Bytes) plain
    ) => table.AddRow(what, $"{cost.Microseconds:0.0}", $"{cost.Microseconds / plain.Microseconds:0.000}", $"{cost.Bytes:n0}");

    private static void AddRow(Table table, string what, LoadResult load, LoadResult alone) =>
        table.AddRow(what, $"{load.PerSecond:n0}", $"{load.PerSecond / alone.PerSecond:0.000}", $"{load.P99:0.00} ms");
}
