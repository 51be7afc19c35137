using System.Text.Json.Nodes;
using Rekey.VaultAccess.Custody;
using Rekey.VaultAccess.Reading;

namespace Rekey.Cli.Commands.Operators;

/// <summary>Finds exposure by saved readings of vaults, in the form in which a running Rekey gives it.</summary>
internal static class ExposureOfReadings
{
    private const int MostShown = 100;
    private const string EveryKey = "*";

    /// <param name="person">Object id of the person; null for everyone.</param>
    public static JsonObject Of(IReadOnlyList<VaultReading> readings, string? person)
    {
        var keys = readings.SelectMany(r => KeysOf(r, person)).ToList();
        return new()
        {
            ["user"] = person,
            ["at"] = readings.Max(r => r.ReadAt),
            ["keys"] = new JsonArray([
                .. (person is null ? keys.OrderByDescending(k => k["people"]!.GetValue<int>()) : keys.AsEnumerable()),
            ]),
            ["notSeen"] = new JsonArray([
                .. readings.SelectMany(r =>
                    r.Unseen.Select(u => (JsonNode)new JsonObject { ["why"] = $"{u.What} ({u.Part}: {u.Why})", ["remedy"] = null })
                ),
            ]),
        };
    }

    private static IEnumerable<JsonObject> KeysOf(VaultReading reading, string? person)
    {
        var holders = KeyHolder
            .Of(reading)
            .Where(h => person is null || h.PersonId.Equals(person, StringComparison.OrdinalIgnoreCase))
            .ToList();
        // A reading may have no keys: then a row stands for every key of the vault.
        var names = reading.Keys.Select(k => k.Name).Concat(holders.Select(h => h.KeyName).OfType<string>());
        return names
            .DefaultIfEmpty(EveryKey)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => (Name: name, Holders: holders.Where(h => h.Holds(name)).ToList()))
            .Where(k => k.Holders.Count > 0)
            .Select(k => Row(reading, k.Name, k.Holders, person));
    }

    private static JsonObject Row(VaultReading reading, string name, IReadOnlyList<KeyHolder> holders, string? person)
    {
        var exportable = reading.Keys.FirstOrDefault(k => k.IsExportable && k.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        var row = new JsonObject
        {
            ["key"] = $"{reading.Vault!.VaultUri.Authority}/{name}".ToLowerInvariant(),
            ["grade"] = exportable is null ? "Unproven" : "Extractable",
            ["gradeWhy"] = new JsonArray(
                exportable is null
                    ? "A saved reading has no audit log: nothing proves that the key never left its vault."
                    : $"Version {exportable.Version} is exportable."
            ),
        };
        if (person is null)
        {
            var people = holders.GroupBy(h => h.PersonId, StringComparer.Ordinal).ToList();
            row["people"] = people.Count;
            row["who"] = new JsonArray([
                .. people.Take(MostShown).Select(p => (JsonNode)$"{p.Key}: {string.Join(", ", p.Select(h => h.Kind).Distinct().Order())}"),
            ]);
        }
        else
        {
            row["reasons"] = new JsonArray([.. holders.Take(MostShown).Select(h => (JsonNode)$"{h.Kind}: {h.Detail}")]);
            row["plan"] = "Immediate";
        }

        return row;
    }
}
