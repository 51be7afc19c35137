using Rekey.AspNetCore.Tests.Support;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Tests.Trust;

/// <summary>
/// A Rekey of which everything was restored to an older state, the published documents too: gateways stay where they were, also when it
/// has counted on beyond their numbers. The newest documents come back from a gateway's folder, two approvers accept the ledger, and
/// gateways go on above their numbers.
/// </summary>
public sealed class RestoredRekeyTests
{
    private const string Second = "5b0b1a4e-0000-4000-8000-0000000000fe";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_rekey_un_blocks_nothing_and_two_people_start_above_the_gateways_numbers()
    {
        var company = await Instance.CompanyAsync();
        await using var server = await ListServer.StartAsync();
        using var folder = new GatewayFolder();
        Serve(company, server);
        await using var gateway = await GatewayHost.StartAsync(server.Address, company.Signer.Public, company.Clock, folder.Path);
        var stolen = company.Vault.Newest(company.Key);

        // 1. A backup. Then a key is revoked and a token blocked, and the gateway learns of both.
        var ledger = company.Blobs.Segments.Select(s => s.Bytes.Count).ToList();
        var documents = company.Container.Current.ToDictionary(d => d.Key, d => d.Value.Content.ToArray(), StringComparer.Ordinal);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        await company.NewProcess().Blocklist.ChangeAsync([Entry(company, "blocked")], [], Cancel);
        Serve(company, server);
        var signing = company.Vault.Newest(company.Key);
        async Task<(bool Stolen, bool Blocked, bool Honest)> AcceptedAsync() =>
            (
                await gateway.AcceptsAsync(Instance.Mint(company, stolen, "forged")),
                await gateway.AcceptsAsync(Instance.Mint(company, signing, "blocked")),
                await gateway.AcceptsAsync(Instance.Mint(company, signing, "honest"))
            );
        var before = await gateway.Gateway.PullAsync(Cancel);
        Assert.Null(before.Failure);
        Assert.Equal((false, false, true), await AcceptedAsync());

        // 2. The backup is restored: ledger and documents. Rekey cannot know, and signs its old state again.
        company.Clock.Advance(TimeSpan.FromMinutes(10));
        for (var n = 0; n < ledger.Count; n++)
        {
            company.Blobs.Segments[n].Bytes.RemoveRange(ledger[n], company.Blobs.Segments[n].Bytes.Count - ledger[n]);
        }

        foreach (var (name, content) in documents)
        {
            company.Container.Alter(name, content);
        }

        await company.NewProcess().Publish.PublishAsync(Cancel);
        await company.NewProcess().PublishBlocklist.PublishAsync(Cancel);
        Serve(company, server);
        var standing = await gateway.Gateway.PullAsync(Cancel);
        Assert.Contains("it is an older list", standing.Failure, StringComparison.Ordinal);
        Assert.Equal((before.TrustListSequence, before.BlocklistNumber), (standing.TrustListSequence, standing.BlocklistNumber));
        Assert.Equal((false, false, true), await AcceptedAsync());

        // 3. It goes on from its old numbers, and passes the gateway's: its lists come from another ledger than the gateway's.
        for (var n = 0; n < 3; n++)
        {
            await company.NewProcess().OrderAsync($"departure-later-{n}", Urgency.Immediate);
            await company.NewProcess().GoAsync();
        }

        // So many that the ledger has forgotten its own list under the gateway's number.
        for (var n = 0; n < 2 * BlockHistory.Kept; n++)
        {
            await company.NewProcess().Blocklist.ChangeAsync([Entry(company, $"later-{n}")], [], Cancel);
        }

        Serve(company, server);
        Assert.True(Sequence(company) > before.TrustListSequence && Number(company) > before.BlocklistNumber);
        standing = await gateway.Gateway.PullAsync(Cancel);
        Assert.Equal(2, standing.Failure!.Split("Rekey was restored to an older state").Length - 1);
        Assert.Equal((before.TrustListSequence, before.BlocklistNumber), (standing.TrustListSequence, standing.BlocklistNumber));
        Assert.Equal((false, false, true), await AcceptedAsync());

        // 4. The newest documents come back from the gateway's folder. Rekey publishes nothing any more.
        foreach (var name in new[] { TrustDocuments.TrustListName, BlockDocuments.Name })
        {
            company.Container.Alter(name, await File.ReadAllBytesAsync(Path.Combine(folder.Path, "lists", name), Cancel));
        }

        Assert.Equal(
            "ledger-broken",
            (await Assert.ThrowsAsync<CannotContinueException>(() => company.NewProcess().Publish.PublishAsync(Cancel))).Reason
        );

        // 5. Two approvers accept the ledger, once for each list.
        var process = company.NewProcess();
        await process.SayAsync(
            (await process.AcceptLedger.AskAsync(await HeadAsync(process), "restored", Company.Approver, Cancel))!,
            true,
            Second
        );
        process = company.NewProcess();
        await process.SayAsync(
            (await process.AskToAcceptForBlocklist.AskAsync(await HeadAsync(process), "restored", Company.Approver, Cancel))!,
            true,
            Second
        );
        await company.NewProcess().Publish.PublishAsync(Cancel);
        await company.NewProcess().PublishBlocklist.PublishAsync(Cancel);

        // 6. The gateway takes the new lists, which have all that the old ones had, and the key of now.
        signing = company.Vault.Newest(company.Key);
        Serve(company, server);
        var after = await gateway.Gateway.PullAsync(Cancel);
        Assert.Null(after.Failure);
        Assert.True(after.TrustListSequence > before.TrustListSequence && after.BlocklistNumber > before.BlocklistNumber);
        Assert.Equal((false, false, true), await AcceptedAsync());
    }

    private static void Serve(Company company, ListServer server)
    {
        server.Put("/trust-list", company.Container.Current[TrustDocuments.TrustListName].Content.ToArray());
        server.Put("/blocklist", company.Container.Current[BlockDocuments.Name].Content.ToArray());
    }

    private static long Sequence(Company company) =>
        TrustDocuments
            .Open(company.Container.Current[TrustDocuments.TrustListName].Content.Span, company.Signer.Public, "ES256", "prod")
            .Sequence;

    private static long Number(Company company) =>
        BlockDocuments
            .Open(company.Container.Current[BlockDocuments.Name].Content.Span, company.Signer.Public, "ES256", "prod")
            .List.Number;

    private static async Task<LedgerMark> HeadAsync(Process process)
    {
        var head = await process.Ledger.HeadAsync(Cancel);
        return new(head.Lines, head.Hash);
    }

    private static BlockEntry Entry(Company company, string jti) =>
        new(
            BlockKind.Token,
            "https://login.example",
            jti,
            IssuedBefore: null,
            BlockRules.WholeSeconds(company.Now.AddHours(1)),
            "unissued",
            FindingId: null
        );

    private sealed class GatewayFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("rekey-restored-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
