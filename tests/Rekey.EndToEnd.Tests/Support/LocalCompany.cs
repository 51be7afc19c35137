using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>A company on this machine with Rekey in it, and what people do there.</summary>
public sealed class LocalCompany : IAsyncDisposable
{
    private LocalCompany(World world)
    {
        World = world;
        Rekey = new(world);
        Issuer = new(world, Rekey);
    }

    public World World { get; }

    public RekeyClient Rekey { get; }

    internal TokenIssuer Issuer { get; }

    /// <summary>Starts it, with its baseline taken. A dead process is waited for 3 s, and brakes are off.</summary>
    public static async Task<LocalCompany> StartAsync(
        IReadOnlyList<WorldKey> keys,
        IReadOnlyDictionary<string, string>? settings = null,
        bool throttled = false
    )
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Rekey__Rotations__Lease"] = "00:00:03",
            ["Rekey__Rotations__CallTimeout"] = "00:00:02",
            ["Rekey__Rotations__StuckRetry"] = "00:00:02",
            ["Rekey__Rotations__MaxRotationsAnHour"] = "1000",
            ["Rekey__Rotations__MaxIssuerSharePercent"] = "100",
            ["Rekey__Departures__MaxDeparturesAnHour"] = "1000",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        var company = new LocalCompany(
            await World.StartAsync(
                new()
                {
                    Keys = keys,
                    Settings = all,
                    Throttled = throttled,
                },
                TestContext.Current.CancellationToken
            )
        );
        try
        {
            await company.Rekey.TakeBaselineAsync(TestContext.Current.CancellationToken);
            return company;
        }
        catch
        {
            await company.DisposeAsync();
            throw;
        }
    }

    /// <summary>The object id of somebody, always the same for a name.</summary>
    public static string PersonOf(string name) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString();

    /// <summary>A key whose only custodian is called as it is.</summary>
    public static WorldKey KeyOf(string name) => new(name, PersonOf(name));

    public WorldKey Key(string name) => World.Keys.Single(k => k.Name == name);

    public string KeyId(WorldKey key) => new SigningKey(World.Vault.Address, key.Name).Id;

    public string DepartureId(string person, int epoch = 1) => $"{World.Identity.TenantId}~{person}~{epoch}";

    /// <summary>Somebody's account is disabled, and Event Grid tells. Gives the departure's id.</summary>
    public async Task<string> LeaveAsync(string person, int epoch = 1)
    {
        Hire(person);
        await World.Graph.DisableAsync(person);
        return DepartureId(person, epoch);
    }

    public void Hire(string person, bool enabled = true)
    {
        if (World.Graph.FindUser(person) is null)
        {
            World.Graph.AddUser(new(person, $"{person}@contoso.example", "Somebody") { AccountEnabled = enabled });
        }
    }

    /// <summary>Waits until a departure is settled; the timer that takes things up is run more often than its schedule says.</summary>
    public Task<JsonElement> SettledAsync(string departure, LocalFunctionsHost? timersOf = null) =>
        DepartureAsync(departure, d => d.GetProperty("endedAt").ValueKind is JsonValueKind.String, "settled", timersOf);

    /// <summary>Waits until a departure is as wanted.</summary>
    public async Task<JsonElement> DepartureAsync(
        string departure,
        Func<JsonElement, bool> wanted,
        string what,
        LocalFunctionsHost? timersOf = null
    )
    {
        JsonElement? last = null;
        try
        {
            await PollUntil.UntilAsync($"departure {departure} is {what}", async () =>
            {
                await (timersOf ?? World.Host).TriggerTimerAsync("ContinueRotations", TestContext.Current.CancellationToken);
                last = await TryReadAsync($"departures/{departure}");
                return last is { } read && wanted(read);
            });
        }
        catch (Exception)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"Last seen: {last}");
            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Join(
                    '\n',
                    (await File.ReadAllLinesAsync(World.LogFile, CancellationToken.None))
                        .Where(l => !l.Contains("OTEL", StringComparison.Ordinal))
                        .TakeLast(60)
                )
            );
            throw;
        }

        return last!.Value;
    }

    /// <summary>Null while there is none, or while the handler is being started again.</summary>
    public async Task<JsonElement?> TryReadAsync(string path)
    {
        using var reply = await Rekey.SendAsync(HttpMethod.Get, path, "Reader", cancellationToken: TestContext.Current.CancellationToken);
        return reply.StatusCode is HttpStatusCode.OK
            ? await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)
            : null;
    }

    /// <summary>The rotation of a key as the departure shows it.</summary>
    public JsonElement RotationOf(JsonElement departure, WorldKey key) =>
        departure.GetProperty("keys").EnumerateArray().Single(k => k.GetProperty("key").GetString() == KeyId(key)).GetProperty("rotation");

    /// <summary>Copies the private key that the key has now.</summary>
    public async Task<Attacker> StealAsync(WorldKey key)
    {
        var current = await CurrentAsync(key);
        return new(key, current.Kid, (ECDsa)World.Vault.ExportPrivateKey(key.Name, current.Version));
    }

    /// <summary>The version that issuers are told to sign with.</summary>
    public async Task<TrustEntry> CurrentAsync(WorldKey key) =>
        (await Rekey.TrustListAsync(TestContext.Current.CancellationToken)).Keys.Single(e => e.KeyId == KeyId(key) && e.Current);

    public async Task<bool> IsActiveAsync(string token) =>
        (await Rekey.IntrospectAsync(token, TestContext.Current.CancellationToken)).GetProperty("active").GetBoolean();

    /// <summary>The kids that the world may read of an issuer.</summary>
    public async Task<IReadOnlyList<string>> PublishedKidsAsync(WorldKey key)
    {
        var jwks = await World.Http.GetFromJsonAsync<JsonElement>(World.JwksAddress(key), TestContext.Current.CancellationToken);
        return [.. jwks.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
