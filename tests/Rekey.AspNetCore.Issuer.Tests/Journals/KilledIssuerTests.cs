using Rekey.AspNetCore.Issuer.Tests.Support;

namespace Rekey.AspNetCore.Issuer.Tests.Journals;

/// <summary>The sample issuer as a program: it is killed, and it meets the end of a file.</summary>
public sealed class KilledIssuerTests
{
    [Fact]
    public async Task A_killed_issuer_has_a_row_of_every_token_and_sends_them_when_it_is_back()
    {
        await using var world = await IssuerWorld.StartAsync();
        world.Rekey.TakesNoRows = true;
        string[] sends =
        [
            $"--Rekey:Journal:Ingestion:Endpoint={world.Rekey.Address}",
            $"--Rekey:Journal:Ingestion:RuleId={RekeyServer.RuleId}",
        ];
        var tokens = new List<string>();
        await using (var issuer = await world.ProcessAsync("issuer-1", fileLimit: null, sends))
        {
            // Eight clients ask again and again, until the issuer is gone in the middle of it.
            async Task AskAsync()
            {
                try
                {
                    while (await issuer.TokenAsync() is { } token)
                    {
                        lock (tokens)
                        {
                            tokens.Add(token);
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    // The issuer is gone.
                }
            }

            var clients = Enumerable.Range(0, 8).Select(_ => AskAsync()).ToList();
            await WaitUntil.HoldsAsync(() =>
            {
                lock (tokens)
                {
                    return Task.FromResult(tokens.Count >= 20);
                }
            });
            await issuer.KillAsync();
            await Task.WhenAll(clients);
        }

        Assert.Empty(world.Rekey.Taken);
        world.Rekey.TakesNoRows = false;
        var again = await world.IssuerAsync(configure: o =>
            o.Journal.Ingestion = new() { Endpoint = world.Rekey.Address, RuleId = RekeyServer.RuleId }
        );
        tokens.Add((await again.TokenAsync())!);
        var hashes = tokens.Select(IssuerWorld.Hash).ToHashSet(StringComparer.Ordinal);
        await world.Rekey.ArrivedAsync(arrived => hashes.IsSubsetOf(arrived));
        var numbers = world.Rows().Select(r => r.GetProperty("Sequence").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
        Assert.Single(world.Rows().Select(r => r.GetProperty("IssuerInstance").GetString()).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_write_that_fails_within_a_row_costs_its_token_and_nothing_else()
    {
        await using var world = await IssuerWorld.StartAsync();
        await using var issuer = await world.ProcessAsync("issuer-1", fileLimit: 8);
        var (tokens, refused) = (new List<string>(), 0);
        for (var n = 0; n < 40 && refused < 2; n++)
        {
            if (await issuer.TokenAsync() is { } token)
            {
                tokens.Add(token);
            }
            else
            {
                refused++;
            }
        }

        Assert.Equal(2, refused);
        Assert.Equal(tokens.Select(IssuerWorld.Hash), world.Rows().Select(r => r.GetProperty("SigningInputSha256").GetString()!));
        Assert.Equal(
            Enumerable.Range(1, tokens.Count).Select(n => (long)n),
            world.Rows().Select(r => r.GetProperty("Sequence").GetInt64())
        );
    }
}
