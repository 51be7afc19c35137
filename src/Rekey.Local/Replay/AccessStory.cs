using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Rekey.Local.Identity;
using Rekey.Local.ResourceManager;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>The last act: an administrator gives a developer access to production. Rekey finds the grant, and an identity that can do
/// nothing else removes it.</summary>
internal sealed class AccessStory(World world, Timeline timeline)
{
    /// <summary>Object id of the developer.</summary>
    private const string Developer = "dddddddd-0000-4111-8222-eeeeeeeeeeee";

    private readonly RekeyClient _rekey = new(world);

    private WorldKey Key => world.Keys[^1];

    public async Task PlayAsync(CancellationToken cancellationToken = default)
    {
        // 1. A favour: just for today.
        timeline.Act("A developer gets access to production");
        world.Graph.AddUser(new(Developer, "developer@contoso.example", "Developer"));
        await SweepAsync(cancellationToken);
        timeline.Expect(await OpenAsync(cancellationToken) == 0, "the access to the vault is as the deployment declares it");
        var granted = Stopwatch.StartNew();
        var grant = await world.Admin.AssignAsync(Developer, "User", ArmRole.CryptoOfficer, world.Vault.ResourceId, cancellationToken);
        timeline.Expect(
            await SignAsync(cancellationToken) is HttpStatusCode.OK,
            $"a developer is given {ArmRole.CryptoOfficer.Name}, and signs with the production key '{Key.Name}'"
        );

        // 2. The next hourly sweep.
        await timeline.DoAsync("the hourly sweep, brought forward", async _ =>
        {
            await SweepAsync(cancellationToken);
            return true;
        });
        var findings = (await _rekey.GetAsync("findings?state=all", "Reader", cancellationToken))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .Where(f => f.GetProperty("about").GetString()!.Contains(Developer, StringComparison.Ordinal))
            .ToList();
        timeline.Expect(
            findings.Exists(f => Is(f, "vault-grant-undeclared")) && findings.Exists(f => Is(f, "vault-human-in-production")),
            "Rekey finds an undeclared grant and a person in production"
        );
        timeline.Expect(
            world.ResourceManager.Assignments.All(a => a.Id != grant) && await SignAsync(cancellationToken) is HttpStatusCode.Forbidden,
            $"Rekey removes the grant, and the vault refuses the developer, {granted.Elapsed.TotalSeconds:0.0} s after it was given"
        );
        timeline.Expect(await OpenAsync(cancellationToken) == 0, "read back: the access is as declared, and the findings are closed");
        timeline.Expect(
            await DeleteAsOwnAsync(cancellationToken) is HttpStatusCode.Forbidden,
            "Rekey's own identity cannot remove grants: it may only read them"
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
