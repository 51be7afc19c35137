using System.Text.Json.Nodes;

namespace Rekey.Findings.Ocsf;

/// <summary>The few MITRE ATT&amp;CK techniques that Rekey's detections name (version 16.1).</summary>
internal static class AttackTechniques
{
    private const string Version = "16.1";

    private static readonly Dictionary<string, (string Name, string TacticId, string Tactic)> Known = new(StringComparer.Ordinal)
    {
        ["T1078"] = ("Valid Accounts", "TA0001", "Initial Access"),
        ["T1098"] = ("Account Manipulation", "TA0003", "Persistence"),
        ["T1528"] = ("Steal Application Access Token", "TA0006", "Credential Access"),
        ["T1550"] = ("Use Alternate Authentication Material", "TA0008", "Lateral Movement"),
        ["T1550.001"] = ("Application Access Token", "TA0008", "Lateral Movement"),
        ["T1552"] = ("Unsecured Credentials", "TA0006", "Credential Access"),
        ["T1552.004"] = ("Private Keys", "TA0006", "Credential Access"),
        ["T1562"] = ("Impair Defenses", "TA0005", "Defense Evasion"),
        ["T1562.008"] = ("Disable or Modify Cloud Logs", "TA0005", "Defense Evasion"),
        ["T1606"] = ("Forge Web Credentials", "TA0006", "Credential Access"),
        ["T1606.001"] = ("Web Cookies", "TA0006", "Credential Access"),
        ["T1606.002"] = ("SAML Tokens", "TA0006", "Credential Access"),
    };

    /// <summary>OCSF's <c>attack</c> object. An unknown technique is given by its id alone.</summary>
    public static JsonObject ToOcsf(string id)
    {
        var parent = id.Split('.')[0];
        var attack = new JsonObject { ["version"] = Version, ["technique"] = Named(parent) };
        if (parent != id)
        {
            attack["sub_technique"] = Named(id);
        }

        if (Known.TryGetValue(id, out var known))
        {
            attack["tactic"] = new JsonObject { ["uid"] = known.TacticId, ["name"] = known.Tactic };
        }

        return attack;
    }

    private static JsonObject Named(string id) =>
        Known.TryGetValue(id, out var known) ? new() { ["uid"] = id, ["name"] = known.Name } : new() { ["uid"] = id };
}
