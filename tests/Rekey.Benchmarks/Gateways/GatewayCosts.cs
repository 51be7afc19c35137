using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rekey.AspNetCore.Documents;
using Rekey.AspNetCore.Tokens;
using Rekey.Benchmarks.Measuring;
using Rekey.Benchmarks.Peers;
using Rekey.Blocking;
using Spectre.Console;

namespace Rekey.Benchmarks.Gateways;

/// <summary>What the package costs a gateway, beside JwtBearer's own ES256 validation in the same run; and the sidecar beside plain
/// Kestrel.</summary>
internal static class GatewayCosts
{
    private const int Distinct = 5_000;
    private const int Rounds = 3;
    private const int Blocks = 3;

    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var tokens = GatewayUnderTest.Tokens(run.Times(Distinct, 200));
        var time = TimeSpan.FromMilliseconds(run.Times(3_000, 300));
        var table = new Table().AddColumns("", "", "beside JwtBearer", "");
        await using var some = await GatewayUnderTest.ListsAsync(1_000, cancellationToken);
        await AddValidationAsync(table, run, some, tokens, time, cancellationToken);
        await AddThroughputAsync(table, run, some, tokens, time, cancellationToken);
        await AddTimeToRefusalAsync(table, run, cancellationToken);
        return table;
    }

    /// <summary>In memory, on one thread. Each is run once for the compiler first.</summary>
    private static async Task AddValidationAsync(
        Table table,
        Run run,
        PublishedLists some,
        List<string> tokens,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        table.AddRow("[bold]in memory, one thread[/]", "µs a token", "", "bytes a token");
        var bare = new JsonWebTokenHandler();
        await ValidateAsync(bare, tokens, time / 2);
        var plain = await ValidateAsync(bare, tokens, time);
        AddRow(table, "JwtBearer's handler", plain, plain);
        foreach (var blocked in new[] { 0, 1_000, run.Times(100_000, 10_000) })
        {
            await using var lists = await GatewayUnderTest.ListsAsync(blocked, cancellationToken);
            await using var gateway = await GatewayUnderTest.WithRekeyAsync(lists, remembered: 0, cancellationToken);
            var documents = gateway.Services.GetRequiredService<GatewayDocuments>();
            AddRow(table, $"the lists alone, {blocked:n0} blocked", Check(documents, lists.Blocks, tokens, time / 3), plain);
            var handler = gateway.Services.GetRequiredService<GatewayTokenHandler>();
            await ValidateAsync(handler, tokens, time / 4);
            AddRow(table, $"Rekey's handler, {blocked:n0} blocked, distinct tokens", await ValidateAsync(handler, tokens, time), plain);
        }

        await using var remembering = await GatewayUnderTest.WithRekeyAsync(some, tokens.Count * 4, cancellationToken);
        var again = remembering.Services.GetRequiredService<GatewayTokenHandler>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var token in tokens)
        {
            await again.ValidateTokenAsync(token, GatewayUnderTest.Plain);
        }

        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / tokens.Count;
        await ValidateAsync(again, tokens, time / 4);
        AddRow(table, "Rekey's handler, repeated tokens", await ValidateAsync(again, tokens, time), plain);
        table.AddRow("a remembered token in memory", "", "", $"{held:n0}");
    }

    /// <summary>Over HTTP, 32 connections, in rounds; the client shares the machine.</summary>
    private static async Task AddThroughputAsync(
        Table table,
        Run run,
        PublishedLists lists,
        List<string> tokens,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        var all = tokens.Count * 4;
        await using var bearer = await GatewayUnderTest.PlainAsync(cancellationToken);
        await using var rekey = await GatewayUnderTest.WithRekeyAsync(lists, remembered: 0, cancellationToken);
        await using var remembering = await GatewayUnderTest.WithRekeyAsync(lists, all, cancellationToken);
        await using var kestrel = await PlainKestrel.StartAsync(cancellationToken);
        await using var sidecar = await SidecarUnderTest.StartAsync(lists, remembered: 0, cancellationToken);
        await using var rememberingSidecar = await SidecarUnderTest.StartAsync(lists, all, cancellationToken);
        (string Name, Load Load)[] loads =
        [
            ("gateway with JwtBearer", LoadOf(bearer.Address, tokens, "ok")),
            ("gateway with Rekey, distinct tokens", LoadOf(rekey.Address, tokens, "ok")),
            ("gateway with Rekey, repeated tokens", LoadOf(remembering.Address, tokens, "ok")),
            ("plain Kestrel", LoadOf(kestrel.Address, tokens, "ok")),
            ("sidecar, distinct tokens", LoadOf(sidecar.Address, tokens, "")),
            ("sidecar, repeated tokens", LoadOf(rememberingSidecar.Address, tokens, "")),
        ];
        var results = loads.ToDictionary(l => l.Name, _ => new List<LoadResult>(), StringComparer.Ordinal);
        var rounds = run.Times(Rounds, 1);
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, load) in loads)
            {
                var result = await load.RunAsync(round == 0 ? time / 2 : time, cancellationToken);
                if (round > 0)
                {
                    results[name].Add(result);
                }
            }
        }

        double PerSecond(string name) => results[name].Select(r => r.PerSecond).Order().ElementAt(results[name].Count / 2);
        table.AddEmptyRow();
        table.AddRow("[bold]over HTTP, 32 connections[/]", "a second", "beside the first", "p99");
        foreach (var (name, _) in loads)
        {
            var first = name.Contains("gateway", StringComparison.Ordinal) ? "gateway with JwtBearer" : "plain Kestrel";
            var p99 = results[name].Select(r => r.P99).Order().ElementAt(results[name].Count / 2);
            table.AddRow(name, $"{PerSecond(name):n0}", $"{PerSecond(name) / PerSecond(first):0.000}", $"{p99:0.0} ms");
        }
    }

    /// <summary>From the moment in which a block is served to the first refusal, with the default pull interval.</summary>
    private static async Task AddTimeToRefusalAsync(Table table, Run run, CancellationToken cancellationToken)
    {
        await using var lists = await GatewayUnderTest.ListsAsync(1_000, cancellationToken);
        var pullEvery = run.Quick ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(5);
        await using var gateway = await GatewayUnderTest.WithRekeyAsync(lists, 10_000, cancellationToken, pullEvery);
        using var http = new HttpClient();
        var times = new List<double>();
        foreach (var jti in Enumerable.Range(0, run.Times(Blocks, 1)).Select(n => $"block-{n}"))
        {
            var token = GatewayUnderTest.Tokens(1, _ => jti).Single();
            async Task<bool> IsAcceptedAsync()
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Address);
                request.Headers.Authorization = new("Bearer", token);
                using var reply = await http.SendAsync(request, cancellationToken);
                return reply.StatusCode is HttpStatusCode.OK;
            }

            if (!await IsAcceptedAsync())
            {
                throw new InvalidOperationException("An honest token is refused.");
            }

            await lists.BlockAsync(GatewayUnderTest.Issuer, jti, cancellationToken);
            var watch = Stopwatch.StartNew();
            while (await IsAcceptedAsync())
            {
                await Task.Delay(20, cancellationToken);
            }

            times.Add(watch.Elapsed.TotalSeconds);
        }

        table.AddEmptyRow();
        table.AddRow(
            $"block served → refused, pulls every {pullEvery.TotalSeconds:0.#} s",
            $"at most {times.Max():0.0} s",
            "",
            $"{times.Count} blocks"
        );
    }

    private static async Task<(double Microseconds, double Bytes)> ValidateAsync(
        TokenHandler handler,
        IReadOnlyList<string> tokens,
        TimeSpan time
    )
    {
        var (count, claims, watch, before) = (0L, 0L, Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        while (watch.Elapsed < time)
        {
            foreach (var token in tokens)
            {
                var result = await handler.ValidateTokenAsync(token, GatewayUnderTest.Plain);
                if (!result.IsValid)
                {
                    throw new InvalidOperationException("An honest token is refused.", result.Exception);
                }

                // Each request asks for the claims; JwtBearer makes them only then.
                claims += result.ClaimsIdentity.Claims is ICollection<System.Security.Claims.Claim> all ? all.Count : 1;
            }

            count += tokens.Count;
        }

        GC.KeepAlive(claims);
        return (watch.Elapsed.TotalMicroseconds / count, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count);
    }

    /// <summary>What the lists add to a validation: whether they are valid, and whether they block the token.</summary>
    private static (double Microseconds, double Bytes) Check(
        GatewayDocuments documents,
        Blocklist blocks,
        IEnumerable<string> tokens,
        TimeSpan time
    )
    {
        var facts = tokens
            .Select(t => Rekey.Trust.ClaimedToken.Read(t)!)
            .Select(c => new TokenFacts(c.Issuer, c.Jti, c.Subject, c.Kid, c.IssuedAt, c.SigningInputSha256))
            .ToList();
        var (count, now, watch, before) = (0L, DateTimeOffset.UtcNow, new Stopwatch(), 0L);
        for (var isWarm = false; ; isWarm = true)
        {
            (count, before) = (0, GC.GetAllocatedBytesForCurrentThread());
            watch.Restart();
            while (watch.Elapsed < time)
            {
                foreach (var token in facts)
                {
                    if (documents.Current(now, out _) is null || blocks.Blocks(token, now))
                    {
                        throw new InvalidOperationException("An honest token is refused.");
                    }
                }

                count += facts.Count;
            }

            if (isWarm)
            {
                return (watch.Elapsed.TotalMicroseconds / count, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count);
            }
        }
    }

    private static Load LoadOf(Uri address, IEnumerable<string> tokens, string wanted) =>
        new(
            address,
            [
                .. tokens.Select(t =>
                    Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {t}\r\n\r\n")
                ),
            ],
            wanted
        );

    private static void AddRow(
        Table table,
        string what,
        (double Microseconds, double Bytes) cost,
        (double Microseconds, double Bytes) plain
    ) => table.AddRow(what, $"{cost.Microseconds:0.00}", $"{cost.Microseconds / plain.Microseconds:0.0000}", $"{cost.Bytes:n0}");
}
