using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Functions.Stopping;
using Rekey.Functions.Trust;
using Rekey.Functions.Trust.Views;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Tests.Trust;

/// <summary>Somebody who can write the container of published documents revives no key and no token on any instance, and stops no login
/// (A2, A3, A11, A16, C5, B1).</summary>
public sealed class InstanceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Deeds =>
        ["an older one", "nothing", "garbage", "one by another key", "one of another environment", "one that is too large"];

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task A2_A_fresh_instance_believes_the_ledger_and_not_what_was_put_in_the_lists_place(string deed)
    {
        var company = await Instance.CompanyAsync();
        var (old, stolen) = (company.Container.Current[TrustDocuments.TrustListName], company.Vault.Newest(company.Key));
        await RotateAsync(company);
        var list = company.TrustList;
        await PutAsync(company, deed, old);

        var fresh = new Instance(company);
        Assert.False(await fresh.IsActiveAsync(Instance.Mint(company, stolen)));
        Assert.True(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
        Assert.Equal([company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint], await fresh.JwksAsync());

        // What gateways get bears our signature, and is none that they would refuse.
        var served = (await fresh.Trust.ViewAsync(Cancel)).Jws!.Content;
        var opened = TrustDocuments.Open(served.Span, company.Signer.Public, "ES256", "prod");
        Assert.True(opened.Sequence >= list.Sequence && TrustDocuments.SaySame(list, opened));
        Assert.Contains("trust-list-refused", company.Findings.Open.Select(f => f.Kind));

        // The publisher's list takes its place, and that is over.
        await company.NewProcess().Publish.PublishAsync(Cancel);
        fresh.Pause();
        Assert.Equal(company.TrustList.Sequence, (await fresh.Trust.ViewAsync(Cancel)).List.Sequence);
        Assert.DoesNotContain("trust-list-refused", company.Findings.Open.Select(f => f.Kind));
    }

    [Fact]
    public async Task A2_No_list_below_the_ledgers_number_is_opened_although_it_says_the_same()
    {
        var company = await Instance.CompanyAsync();
        var old = company.Container.Current[TrustDocuments.TrustListName];
        company.Clock.Advance(company.Options.Trust.ListValidity / 2);
        await company.NewProcess().Publish.PublishAsync(Cancel);
        var published = company.TrustList.Sequence;
        company.Container.Alter(TrustDocuments.TrustListName, old.Content.ToArray());

        Assert.Equal(published, (await new Instance(company).Trust.ViewAsync(Cancel)).List.Sequence);
        Assert.Contains("trust-list-refused", company.Findings.Open.Select(f => f.Kind));
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task A2_An_instance_that_runs_serves_on_for_as_long_as_it_takes(string deed)
    {
        var company = await Instance.CompanyAsync();
        var old = company.Container.Current[TrustDocuments.TrustListName];
        await RotateAsync(company);
        var running = new Instance(company);
        Assert.True(await running.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
        await PutAsync(company, deed, old);
        for (var passed = TimeSpan.Zero; passed < 3 * company.Options.Trust.StaleTime; passed += TimeSpan.FromMinutes(1))
        {
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.True(await running.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), $"{passed}")));
        }
    }

    [Theory]
    [InlineData("older ones")]
    [InlineData("nothing")]
    [InlineData("garbage")]
    [InlineData("another one of that number")]
    public async Task A3_A_fresh_instance_blocks_what_the_ledger_blocks(string deed)
    {
        var company = await Instance.CompanyAsync();
        var before = company.Container.Current.ToDictionary();
        await BlockAsync(company, "t-1");
        company.Container.Current.Remove(BlockDocuments.Name);
        if (deed != "nothing")
        {
            var other = BlockDocuments.Bytes(new PublishedBlocks("prod", company.Now, company.Now.AddHours(12), new(1, [])));
            company.Container.Alter(
                BlockDocuments.Name,
                deed == "garbage" ? "garbage"u8.ToArray()
                    : deed == "older ones" ? before[BlockDocuments.Name].Content.ToArray()
                    : await SignedDocument.SignAsync(company.Signer, BlockDocuments.Type, other, Cancel)
            );
        }

        var fresh = new Instance(company);
        Assert.False(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), "t-1")));
        Assert.True(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), "t-2")));
        var served = (await fresh.Blocklist.ViewAsync(Cancel)).Jws!.Content;
        Assert.Equal(
            1,
            BlockDocuments.ReadPublished(SignedDocument.Open(served.Span, BlockDocuments.Type, company.Signer.Public, "ES256")).List.Number
        );
        Assert.Contains(FindingKinds.BlocklistDocumentRefused, company.Findings.Kinds);
    }

    /// <summary>Nothing of the list lies in the state account that is not beside the ledger too: an instance serves it for as long as it
    /// takes.</summary>
    [Fact]
    public async Task A3_With_the_published_list_gone_every_change_is_blocked_and_served_all_the_same()
    {
        var company = await Instance.CompanyAsync();
        var running = new Instance(company);
        for (var n = 1; n <= 8; n++)
        {
            company.Container.Current.Clear();
            company.Container.Locked.Add(BlockDocuments.Name);
            await BlockAsync(company, $"t-{n}");
            running.Pause();
            foreach (var instance in new[] { running, new Instance(company) })
            {
                Assert.False(await instance.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), $"t-{n}")));
                var served = (await instance.Blocklist.ViewAsync(Cancel)).Jws!.Content;
                Assert.Equal(
                    n,
                    BlockDocuments
                        .ReadPublished(SignedDocument.Open(served.Span, BlockDocuments.Type, company.Signer.Public, "ES256"))
                        .List.Number
                );
            }
        }

        Assert.DoesNotContain("blocklist-altered", company.Findings.Kinds);
    }

    [Fact]
    public async Task A3_With_its_document_lost_too_nobody_can_tell_and_no_other_list_is_taken_for_it()
    {
        var company = await Instance.CompanyAsync();
        await BlockAsync(company, "t-1");
        var before = company.Container.Current[BlockDocuments.Name];
        await BlockAsync(company, "t-2");
        company.BlockFiles.Tamper(company.BlockFiles.Lists, _ => null);
        company.Container.Alter(BlockDocuments.Name, before.Content.ToArray());

        var fresh = new Instance(company);
        await Assert.ThrowsAsync<RetryLaterException>(() =>
            fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), "t-3"))
        );
        Assert.Contains("blocklist-altered", company.Findings.Kinds);
    }

    [Fact]
    public async Task While_the_list_cannot_be_signed_it_is_judged_by_and_not_served()
    {
        var company = await Instance.CompanyAsync();
        await BlockAsync(company, "t-1");
        company.Container.Current.Remove(BlockDocuments.Name);
        var signer = new Mock<IDocumentSigner>();
        signer.Setup(s => s.DescribeAsync(It.IsAny<CancellationToken>())).Returns(company.Signer.DescribeAsync(Cancel));
        signer
            .Setup(s => s.SignAsync(It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RetryLaterException("No vault."));
        var fresh = new Instance(company, signer.Object);
        Assert.False(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), "t-1")));
        Assert.True(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), "t-2")));
        Assert.Null((await fresh.Blocklist.ViewAsync(Cancel)).Jws);
    }

    [Fact]
    public async Task A11_What_lies_beside_the_list_is_served_to_nobody()
    {
        var company = await Instance.CompanyAsync();
        var list = company.TrustList;
        company.Container.Alter("login/jwks.json", """{"keys":[{"kty":"EC"}]}"""u8.ToArray());
        Assert.Equal(
            TrustDocuments.Jwks(list, "login"),
            (await new Instance(company).Trust.ViewAsync(Cancel)).Jwks("login").Content.ToArray()
        );
    }

    [Fact]
    public async Task A16_What_the_ledger_revoked_is_refused_while_a_lease_holds_the_list()
    {
        var company = await Instance.CompanyAsync();
        var (running, stolen) = (new Instance(company), company.Vault.Newest(company.Key));
        Assert.True(await running.IsActiveAsync(Instance.Mint(company, stolen)));
        company.Container.Locked.Add(TrustDocuments.TrustListName);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();

        running.Pause();
        foreach (var instance in new[] { running, new Instance(company) })
        {
            Assert.False(await instance.IsActiveAsync(Instance.Mint(company, stolen)));
            Assert.True(await instance.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
            Assert.Equal([company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint], await instance.JwksAsync());
        }
    }

    [Fact]
    public async Task What_the_ledger_revoked_is_refused_whatever_list_is_in_memory()
    {
        var company = await Instance.CompanyAsync();
        var (running, stolen) = (new Instance(company), company.Vault.Newest(company.Key));
        Assert.True(await running.IsActiveAsync(Instance.Mint(company, stolen)));
        await RotateAsync(company);
        var hangs = new TaskCompletionSource();
        company.Container.Hangs = hangs.Task;
        running.Pause();
        Assert.False(await running.IsActiveAsync(Instance.Mint(company, stolen)));
        hangs.SetResult();
    }

    [Fact]
    public async Task B1_A_fresh_instance_serves_the_list_that_stands_although_the_ledger_was_cut()
    {
        var company = await Instance.CompanyAsync();
        var (before, stolen) = (company.Blobs.Segments[0].Bytes.Count, company.Vault.Newest(company.Key));
        await RotateAsync(company);
        company.Blobs.Segments[0].Bytes.RemoveRange(before, company.Blobs.Segments[0].Bytes.Count - before);

        await Assert.ThrowsAsync<CannotContinueException>(() => company.NewProcess().Publish.PublishAsync(Cancel));
        Assert.False(await new Instance(company).IsActiveAsync(Instance.Mint(company, stolen)));
    }

    [Fact]
    public async Task Until_the_ledger_was_read_nobody_can_tell()
    {
        var company = await Instance.CompanyAsync();
        var fresh = new Instance(company);
        fresh.Line.Silent = true;
        var token = Instance.Mint(company, company.Vault.Newest(company.Key));
        await Assert.ThrowsAsync<RetryLaterException>(() => fresh.IsActiveAsync(token));
        await Assert.ThrowsAsync<RetryLaterException>(async () => await fresh.Trust.ViewAsync(Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(async () => await fresh.Blocklist.ViewAsync(Cancel));

        // Read once, it is not waited for again.
        fresh.Line.Silent = false;
        Assert.True(await fresh.IsActiveAsync(token));
        fresh.Line.Silent = true;
        for (var n = 0; n < 20; n++)
        {
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.True(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key), $"t-{n}")));
        }
    }

    [Fact]
    public async Task A_list_past_its_validity_is_refused_and_made_anew()
    {
        var company = await Instance.CompanyAsync();
        var fresh = new Instance(company);
        Assert.True(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
        company.Clock.Advance(company.Options.Trust.ListValidity);
        Assert.True(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
        Assert.True((await fresh.Trust.ViewAsync(Cancel)).List.ValidUntil > company.Now);
        Assert.True((await fresh.Blocklist.ViewAsync(Cancel)).ValidUntil > company.Now);
        Assert.Contains(
            "Its validity ended at",
            company.Findings.ById.Values.First(f => f.Kind == "trust-list-refused").Evidence["reason"],
            StringComparison.Ordinal
        );

        // Without the ledger there is nothing to make it of.
        fresh.Line.Silent = true;
        company.Clock.Advance(company.Options.Trust.ListValidity);
        await Assert.ThrowsAsync<RetryLaterException>(() => fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
    }

    [Fact]
    public async Task With_storage_and_ledger_away_memory_answers_at_once_and_not_for_ever()
    {
        var company = await Instance.CompanyAsync();
        var running = new Instance(company);
        var token = Instance.Mint(company, company.Vault.Newest(company.Key));
        Assert.True(await running.IsActiveAsync(token));
        (company.Container.Silent, running.Line.Silent) = (true, true);
        running.Pause();
        var asked = Stopwatch.StartNew();
        Assert.True(await running.IsActiveAsync(token));
        Assert.True(asked.Elapsed < TimeSpan.FromMilliseconds(900), $"A login waited {asked.Elapsed}.");

        company.Clock.Advance(company.Options.Trust.InstanceCache + company.Options.Trust.StaleTime);
        await Assert.ThrowsAsync<RetryLaterException>(() =>
            running.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key)))
        );
    }

    [Fact]
    public async Task While_the_storage_hangs_one_caller_waits_a_moment_and_the_next_none()
    {
        var company = await Instance.CompanyAsync();
        var running = new Instance(company);
        var token = Instance.Mint(company, company.Vault.Newest(company.Key));
        Assert.True(await running.IsActiveAsync(token));
        var hangs = new TaskCompletionSource();
        company.Container.Hangs = hangs.Task;
        running.Pause();
        Assert.True(await running.IsActiveAsync(token));
        for (var n = 0; n < 5; n++)
        {
            running.Pause();
            var asked = Stopwatch.StartNew();
            Assert.True(await running.IsActiveAsync(token));
            Assert.True(asked.Elapsed < TimeSpan.FromMilliseconds(400), $"A login waited {asked.Elapsed}.");
        }

        hangs.SetResult();
    }

    [Fact]
    public async Task With_one_vault_and_the_list_away_its_issuer_alone_cannot_be_told()
    {
        var company = await Instance.CompanyAsync();
        company.Container.Current.Remove(TrustDocuments.TrustListName);
        company.Vault.Fault = (_, _, _) => throw new RetryLaterException("The vault does not answer.");
        var fresh = new Instance(company);
        await Assert.ThrowsAsync<RetryLaterException>(fresh.JwksAsync);
        await Assert.ThrowsAsync<RetryLaterException>(() => fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
        company.Vault.Fault = (_, _, _) => { };
        fresh.Pause();
        Assert.True(await fresh.IsActiveAsync(Instance.Mint(company, company.Vault.Newest(company.Key))));
    }

    [Fact]
    public async Task A_revocation_is_seen_one_refresh_after_the_cache()
    {
        var company = await Instance.CompanyAsync();
        var (running, stolen) = (new Instance(company), company.Vault.Newest(company.Key));
        var token = Instance.Mint(company, stolen);
        Assert.True(await running.IsActiveAsync(token));
        await RotateAsync(company);
        company.Clock.Advance(company.Options.Trust.InstanceCache);
        await running.IsActiveAsync(token);
        for (var waited = Stopwatch.StartNew(); await running.IsActiveAsync(token); await Task.Delay(5, Cancel))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), "The revocation is not seen.");
        }
    }

    [Fact]
    public async Task C5_Health_is_whether_the_lists_open()
    {
        var company = await Instance.CompanyAsync();
        var fresh = new Instance(company);
        fresh.Line.Silent = true;
        Assert.Equal((503, "unhealthy"), await HealthAsync(fresh));
        fresh.Line.Silent = false;
        Assert.Equal((200, "healthy"), await HealthAsync(fresh));

        // Rekey that does not rotate is not healthy; it serves, so it is not taken away either.
        Assert.Equal((200, "stopped"), await HealthAsync(fresh, stopped: true));
        company.Container.Alter(BlockDocuments.Name, "garbage"u8.ToArray());
        (company.Container.Silent, fresh.Line.Silent) = (true, true);
        company.Clock.Advance(company.Options.Trust.InstanceCache + company.Options.Trust.StaleTime);
        Assert.Equal((503, "unhealthy"), await HealthAsync(fresh));

        // One of the two lists is not enough.
        var unblocked = await Company.WithBaselineAsync();
        Assert.Equal((503, "unhealthy"), await HealthAsync(new Instance(unblocked)));
        var untrusted = Company.Found();
        await untrusted.NewProcess().PublishBlocklist.PublishAsync(Cancel);
        Assert.Equal((503, "unhealthy"), await HealthAsync(new Instance(untrusted)));

        // Before the first list is out nothing is healthy, and nobody is told that somebody took it away.
        var empty = Company.Found();
        Assert.Equal((503, "unhealthy"), await HealthAsync(new Instance(empty)));
        foreach (
            var list in new[] { fresh.Trust.ViewAsync(Cancel).AsTask() as Task, new Instance(empty).Blocklist.ViewAsync(Cancel).AsTask() }
        )
        {
            await Assert.ThrowsAsync<RetryLaterException>(() => list);
        }

        Assert.Empty(empty.Findings.Kinds);
    }

    private static async Task<(int Status, string Says)> HealthAsync(Instance instance, bool stopped = false)
    {
        var result = await new HealthzFunction(instance.Trust, instance.Blocklist, StopStateOf(stopped)).RunAsync(
            new DefaultHttpContext().Request
        );
        return (((IStatusCodeHttpResult)result).StatusCode ?? 200, ((IValueHttpResult<HealthView>)result).Value!.Status);
    }

    private static ServedStopState StopStateOf(bool isSet)
    {
        var process = Company.Found().NewProcess();
        return new(new(isSet, process.Stops), TimeProvider.System, NullLogger<ServedStopState>.Instance);
    }

    private static async Task RotateAsync(Company company)
    {
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        Assert.Equal(RotationState.Verified, company.Rotation.State);
    }

    private static Task BlockAsync(Company company, string jti) =>
        company
            .NewProcess()
            .Blocklist.ChangeAsync(
                [
                    new(
                        BlockKind.Token,
                        "https://login.example",
                        jti,
                        null,
                        BlockRules.WholeSeconds(company.Now.AddHours(1)),
                        "unissued",
                        null
                    ),
                ],
                [],
                Cancel
            );

    private static async Task PutAsync(Company company, string deed, Document old)
    {
        var list = company.TrustList with { Sequence = 1000 };
        company.Container.Current.Remove(TrustDocuments.TrustListName);
        if (deed != "nothing")
        {
            company.Container.Alter(
                TrustDocuments.TrustListName,
                deed switch
                {
                    "an older one" => old.Content.ToArray(),
                    "garbage" => Encoding.ASCII.GetBytes("garbage"),
                    "one by another key" => await SignedDocument.SignAsync(
                        new DocumentSigner(),
                        TrustDocuments.TrustListType,
                        TrustDocuments.Payload(list),
                        Cancel
                    ),
                    "one of another environment" => await SignedDocument.SignAsync(
                        company.Signer,
                        TrustDocuments.TrustListType,
                        TrustDocuments.Payload(list with { Environment = "dev" }),
                        Cancel
                    ),
                    _ => new byte[TrustDocuments.Kind.MaxBytes + 1],
                }
            );
        }
    }
}
