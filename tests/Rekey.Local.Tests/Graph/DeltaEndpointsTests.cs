using System.Text.Json.Nodes;
using Rekey.Local.Graph;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Graph;

/// <summary>users/delta with the real one's manners.</summary>
public sealed class DeltaEndpointsTests : LocalTest
{
    private const string First = "users/delta?$select=id,accountEnabled";
    private GraphServer _graph = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _graph = Tenant.Own(await GraphServer.StartAsync(new GraphOptions { Time = Tenant.Time }, Tenant.Identity, Tenant.Authority));
        for (var n = 0; n < 250; n++)
        {
            _graph.AddUser(new GraphUser(IdOf(n), $"user{n}@demo.example", $"User {n}"));
        }
    }

    [Fact]
    public async Task All_users_come_in_pages_and_then_only_changes()
    {
        var (all, delta) = await ReadAsync(First);
        Assert.Equal(250, all.Count);
        Assert.All(all, u => Assert.True(u["accountEnabled"]!.GetValue<bool>()));
        var (none, again) = await ReadAsync(delta);
        Assert.Empty(none);

        await _graph.DisableAsync(IdOf(7));
        await _graph.DeleteAsync(IdOf(8));
        await _graph.DeleteAsync(IdOf(9));
        await _graph.PurgeAsync(IdOf(9));
        var (changed, _) = await ReadAsync(again);
        Assert.False(changed.First(u => Is(u, 7))["accountEnabled"]!.GetValue<bool>());
        Assert.Equal("changed", changed.First(u => Is(u, 8))["@removed"]!["reason"]!.GetValue<string>());
        // The user came twice: deleted, then purged.
        Assert.Equal(["deleted", "deleted"], changed.Where(u => Is(u, 9)).Select(u => u["@removed"]!["reason"]!.GetValue<string>()));
        Assert.Equal(
            IdOf(8),
            Assert.Single((await Get("directory/deletedItems/microsoft.graph.user?$select=id")).Expect(200).Body!["value"]!.AsArray())![
                "id"
            ]!.GetValue<string>()
        );
    }

    [Fact]
    public async Task With_return_minimal_a_change_has_only_what_changed()
    {
        var (_, delta) = await ReadAsync(First);
        await _graph.UpdateAsync(IdOf(3), user => user with { DisplayName = "Renamed" });
        await _graph.DisableAsync(IdOf(4));
        var (changed, _) = await ReadAsync(delta, "return=minimal");
        Assert.False(changed.Last(u => Is(u, 3)).ContainsKey("accountEnabled"));
        Assert.True(changed.Last(u => Is(u, 4)).ContainsKey("accountEnabled"));
        var (whole, _) = await ReadAsync(delta);
        Assert.True(whole.Last(u => Is(u, 3)).ContainsKey("accountEnabled"));
    }

    [Fact]
    public async Task A_token_that_has_expired_is_gone_and_one_that_is_not_its_own_is_bad()
    {
        var (_, delta) = await ReadAsync(First);
        _graph.ExpireDeltaTokens();
        Assert.Equal("resyncRequired", (await Get(delta)).Expect(410).Code);
        (await Get("users/delta?$deltatoken=bm9uc2Vuc2U")).Expect(400);
        (await Get("users/delta?$deltatoken=%2B")).Expect(400);
    }

    [Fact]
    public async Task It_needs_the_app_role() =>
        (await Tenant.SendAsync("GET", $"{_graph.Address}v1.0/{First}", null, Tenant.Identity.Mint("oid", Audiences.Graph))).Expect(403);

    private static string IdOf(int n) => $"aaaaaaaa-0000-1111-2222-{n:D12}";

    private static bool Is(JsonObject user, int n) => user["id"]!.GetValue<string>() == IdOf(n);

    private async Task<(IReadOnlyList<JsonObject> Users, string Delta)> ReadAsync(string path, string? prefer = null)
    {
        var users = new List<JsonObject>();
        while (true)
        {
            var page = (await Get(path, prefer)).Expect(200).Body!.AsObject();
            users.AddRange(page["value"]!.AsArray().Select(u => u!.AsObject()));
            if (page["@odata.deltaLink"]?.GetValue<string>() is { } delta)
            {
                return (users, Relative(delta));
            }

            path = Relative(page["@odata.nextLink"]!.GetValue<string>());
        }
    }

    private string Relative(string link) => link[$"{_graph.Address}v1.0/".Length..];

    private Task<Answer> Get(string path, string? prefer = null) =>
        Tenant.SendAsync(
            "GET",
            $"{_graph.Address}v1.0/{path}",
            null,
            Tenant.Identity.Mint("oid", Audiences.Graph, ["User.Read.All"]),
            prefer is null ? [] : [("Prefer", prefer)]
        );
}
