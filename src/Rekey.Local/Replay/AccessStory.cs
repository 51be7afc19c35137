using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Rekey.Local.Identity;
using Rekey.Local.ResourceManager;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>The third act: somebody lets a developer into production. It is seen, and undone by an identity that can do nothing
/// else.</summary>
internal sealed class AccessStory(World world, Timeline timeline)
{
    /// <summary>Object id of the developer.</summary>
    private const string Developer = "dddddddd-0000-4111-8222-eeeeeeeeeeee";

    private readonly RekeyClient _rekey = new(world);

    private WorldKey Key => world.Keys[^1];

    public async Task PlayAsync(CancellationToken cancellationToken = default)
    {
        // 1. A favour: just for today.
        timeline.Act("Somebody is let into production");
        world.Graph.AddUser(new(Developer, "developer@contoso.example", "Developer"));
        await SweepAsync(cancellationToken);
        timeline.Expect(await OpenAsync(cancellationToken) == 0, "who reaches the vault is as the deployment declared it");
        var granted = Stopwatch.StartNew();
        var grant = await world.Admin.AssignAsync(Developer, "User", ArmRole.CryptoOfficer, world.Vault.ResourceId, cancellationToken);
        timeline.Expect(
            await SignAsync(cancellationToken) is HttpStatusCode.OK,
            $"a developer is given {ArmRole.CryptoOfficer.Name}, and signs with the production key '{Key.Name}'",
            granted.Elapsed
        );

        // 2. The next sweep; it comes every hour.
        await timeline.DoAsync("the hourly sweep, brought forward", async _ =>
        {
            await SweepAsync(cancellationToken);
            return true;
        });
        var told = (await _rekey.GetAsync("findings?state=all", "Reader", cancellationToken))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .Where(f => f.GetProperty("about").GetString()!.Contains(Developer, StringComparison.Ordinal))
            .ToList();
        timeline.Expect(
            told.Exists(f => Is(f, "vault-grant-undeclared")) && told.Exists(f => Is(f, "vault-human-in-production")),
            "it is seen: a grant that nobody declared, and a person in production",
            granted.Elapsed
        );
        timeline.Expect(
            world.ResourceManager.Assignments.All(a => a.Id != grant) && await SignAsync(cancellationToken) is HttpStatusCode.Forbidden,
            "it is taken away again, and the vault refuses the developer",
            granted.Elapsed
        );
        timeline.Expect(
            await OpenAsync(cancellationToken) == 0,
            "read back: all is as declared, and the findings are closed",
            granted.Elapsed
        );
        timeline.Expect(
            await DeleteAsOwnAsync(cancellationToken) is HttpStatusCode.Forbidden,
            "Rekey's own identity could not have done that: it may read grants, and no more"
        );
    }

    private Task SweepAsync(CancellationToken cancellationToken) => world.Host.TriggerTimerAsync("SweepVaultAccess", cancellationToken);

    private async Task<int> OpenAsync(CancellationToken cancellationToken) =>
        (await _rekey.GetAsync("findings", "Reader", cancellationToken))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .Count(f =>
                f.GetProperty("kind").GetString() is { } kind
                && (kind.StartsWith("vault-", StringComparison.Ordinal) || kind == "rotation-not-allowed")
            );

    private static bool Is(JsonElement finding, string kind) => finding.GetProperty("kind").GetString() == kind;

    private async Task<HttpStatusCode> SignAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(world.Vault.Address, $"keys/{Key.Name}/{world.Vault.VersionsOf(Key.Name)[^1]}/sign?api-version=2025-07-01")
        );
        request.Headers.Authorization = new("Bearer", world.Identity.Mint(Developer, Audiences.KeyVault));
        request.Content = JsonContent.Create(new { alg = "ES256", value = System.Buffers.Text.Base64Url.EncodeToString(new byte[32]) });
        using var reply = await world.Http.SendAsync(request, cancellationToken);
        return reply.StatusCode;
    }

    private async Task<HttpStatusCode> DeleteAsOwnAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Delete,
            new Uri(world.ResourceManager.Address, $"{world.ResourceManager.Assignments[0].Id}?api-version=2022-04-01")
        );
        request.Headers.Authorization = new("Bearer", world.Identity.Mint(World.AppObjectId, Audiences.ResourceManager));
        using var reply = await world.Http.SendAsync(request, cancellationToken);
        return reply.StatusCode;
    }
}
