using System.Text.Json;
using Rekey.Cli.Commands;
using Rekey.Cli.VaultAccess;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.Cli.Output;

/// <summary>Writes the whole result as JSON, for other programs.</summary>
internal static class AccessJsonOutput
{
    public static void Write(Stream output, AccessView view)
    {
        using var json = new Utf8JsonWriter(output, CliJson.Writer);
        json.WriteStartObject();
        json.WriteString("tool", $"rekey {ToolVersion.Text}");
        json.WriteString("readAt", view.Reading.ReadAt.UtcDateTime);
        json.WriteString("vault", view.Reading.VaultId);
        json.WriteBoolean("isDeclared", view.HasDeclaration);
        json.WriteBoolean("hasDrift", view.HasDrift);
        json.WriteBoolean("isUnjudged", view.IsUnjudged);
        json.WriteStartArray("access");
        foreach (var row in view.Rows)
        {
            WriteRow(json, view, row);
        }

        json.WriteEndArray();
        json.WriteStartArray("drift");
        foreach (var drift in view.Drift)
        {
            json.WriteStartObject();
            json.WriteString("kind", drift.FindingKind);
            json.WriteString("about", drift.About);
            json.WriteString("id", drift.FindingId);
            json.WriteString("sentence", drift.Sentence);
            WriteEvidence(json, drift);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notSeen");
        foreach (var unseen in view.Reading.Unseen)
        {
            json.WriteStartObject();
            json.WriteString("part", unseen.Part.ToString());
            json.WriteString("what", unseen.What);
            json.WriteString("why", unseen.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteList(json, "neverSeen", VaultReading.BlindSpots);
        json.WriteEndObject();
    }

    /// <summary>Writes the evidence of a finding.</summary>
    internal static void WriteEvidence(Utf8JsonWriter json, Drift drift)
    {
        json.WriteStartObject("evidence");
        foreach (var (name, value) in drift.Evidence.Where(e => e.Value.Length > 0))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, AccessView view, AccessRow row)
    {
        var (access, grant) = (row.Access, row.Access.Grant);
        json.WriteStartObject();
        json.WriteString("principal", access.PrincipalId);
        if (view.NameOf(access.PrincipalId) is { } name)
        {
            json.WriteString("name", name);
        }

        json.WriteString("kind", access.Kind.ToString());
        json.WriteString("way", access.Way.ToString());
        WriteList(json, "through", access.Through);
        if (access.Target is { } target)
        {
            json.WriteString("target", target);
        }

        if (grant is not null)
        {
            json.WriteString("by", grant.Kind.ToString());
            json.WriteString("role", grant.RoleName);
            json.WriteString("roleId", grant.RoleId);
            if (grant.ApplicationId is { } application)
            {
                json.WriteString("application", application);
            }

            json.WriteString("scope", grant.Scope);
            json.WriteString("grant", grant.ResourceId);
            json.WriteBoolean("isActivation", grant.ActivationOf is not null);
            json.WriteBoolean("hasCondition", grant.HasCondition);
            WriteList(json, "actions", grant.Actions);
            WriteList(json, "notKnown", grant.NotKnown);
        }

        if (row.IsDeclared is { } isDeclared)
        {
            json.WriteBoolean("isDeclared", isDeclared);
        }
        else
        {
            json.WriteNull("isDeclared");
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }
}
