using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Azure.Storage.Blobs;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.Worlds;
using Rekey.Trust.Documents;

namespace Rekey.EndToEnd.Tests.Faults;

/// <summary>Rekey or its storage is down: people go on logging in.</summary>
public sealed partial class ServiceOutageTests
{
    private const int SigStop = 19;
    private const int SigCont = 18;
    private static readonly TimeSpan StaleTime = TimeSpan.FromSeconds(8);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_app_gone_the_last_list_still_stands_in_storage()
    {
        await using var company = await LocalCompany.StartAsync([LocalCompany.KeyOf("shop")]);
        var key = company.Key("shop");
        await company.SettledAsync(await company.LeaveAsync(key.Custodians[0]));
        await company.AssertContainedAsync(key);
        var served = await company.World.Http.GetByteArrayAsync(company.World.JwksAddress(key), Cancel);

        await company.World.Host.DisposeAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            company.World.Http.GetByteArrayAsync(company.World.JwksAddress(key), Cancel)
        );
        var standing = await new BlobClient(
            company.World.Azurite.ConnectionString,
            "trust",
            TrustDocuments.TrustListName
        ).DownloadContentAsync(Cancel);
        var pinned = await company.World.Admin.ReadKeyAsync(company.World.OwnVault, World.DocumentKey, Cancel);
        var list = TrustDocuments.Read(
            SignedDocument.Open(standing.Value.Content.ToMemory().Span, TrustDocuments.TrustListType, pinned, "ES256")
        );
        Assert.Equal(served, TrustDocuments.Jwks(list, "shop"));
        Assert.Equal("application/jwt", standing.Value.Details.ContentType);

        await company.World.RestartHostAsync(cancellationToken: Cancel);
        Assert.Equal(served, await company.World.Http.GetByteArrayAsync(company.World.JwksAddress(key), Cancel));
    }

    [Fact]
    public async Task With_the_storage_hanging_keys_are_served_from_memory_as_long_as_they_may()
    {
        await using var company = await LocalCompany.StartAsync(
            [new("shop")],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Rekey__Trust__StaleTime"] = $"{StaleTime:c}",
                ["Rekey__Trust__VerifierCacheTime"] = "00:00:20",
            }
        );
        var key = company.Key("shop");
        var token = await company.Issuer.MintAsync(key, "customer-1", Cancel);
        var before = await company.World.Http.GetByteArrayAsync(company.World.JwksAddress(key), Cancel);
        Assert.True(await company.IsActiveAsync(token));

        Signal(company.World.Azurite.ProcessId, SigStop);
        try
        {
            for (var down = Stopwatch.StartNew(); down.Elapsed < StaleTime - TimeSpan.FromSeconds(3); await Task.Delay(200, Cancel))
            {
                var asked = Stopwatch.StartNew();
                Assert.Equal(before, await company.World.Http.GetByteArrayAsync(company.World.JwksAddress(key), Cancel));
                Assert.True(await company.IsActiveAsync(token));
                Assert.True(asked.Elapsed < TimeSpan.FromSeconds(5), $"a login waited {asked.Elapsed} for a storage that hangs");
            }

            // Older than that it must not be: a bar may have been published meanwhile.
            await PollUntil.UntilAsync("no stale list is served", async () => !await ServesAsync(company));
        }
        finally
        {
            Signal(company.World.Azurite.ProcessId, SigCont);
        }

        await PollUntil.UntilAsync("it recovers by itself", () => ServesAsync(company));
        await PollUntil.UntilAsync("introspection recovers too", () => IntrospectsAsync(company, token));
    }

    /// <summary>Whether introspection knows the token. It needs the blocklist too, which may be read later than the trust list.</summary>
    private static async Task<bool> IntrospectsAsync(LocalCompany company, string token)
    {
        try
        {
            return await company.IsActiveAsync(token);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.ServiceUnavailable)
        {
            return false;
        }
    }

    /// <summary>Whether the JWKS is to be had; what takes longer than a verifier's patience is not.</summary>
    private static async Task<bool> ServesAsync(LocalCompany company)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            using var reply = await company.World.Http.GetAsync(company.World.JwksAddress(company.Key("shop")), patience.Token);
            return reply.StatusCode is HttpStatusCode.OK;
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private static void Signal(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
