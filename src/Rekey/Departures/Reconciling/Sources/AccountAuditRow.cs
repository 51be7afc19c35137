using System.Text.Json;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>A row of the audit logs about an account.</summary>
/// <param name="OperationName">Such as <c>Disable account</c>.</param>
/// <param name="CorrelationId">The act; one act may have several rows.</param>
/// <param name="Targets">The column <c>TargetResources</c>: a text of JSON.</param>
public sealed record AccountAuditRow(DateTimeOffset At, string? OperationName, string? CorrelationId, string? Targets)
{
    /// <summary>The acts of the row, one a user. A row that is about something else, or cannot be read, has none.</summary>
    public IReadOnlyList<AccountAct> ToActs()
    {
        try
        {
            using var targets = JsonDocument.Parse(Targets ?? "[]");
            return targets.RootElement.ValueKind is JsonValueKind.Array
                ? [.. targets.RootElement.EnumerateArray().Select(ToAct).OfType<AccountAct>()]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private AccountAct? ToAct(JsonElement target) =>
        target.ValueKind is JsonValueKind.Object
        && string.Equals(Text(target, "type"), "User", StringComparison.OrdinalIgnoreCase)
        && Guid.TryParse(Text(target, "id"), out var person)
        && KindOf(target) is { } kind
            ? new(person, kind, At, CorrelationId is { Length: > 0 and <= 128 } id ? id : $"{At:O}")
            : null;

    private AccountActKind? KindOf(JsonElement target) =>
        OperationName?.ToUpperInvariant() switch
        {
            "DISABLE ACCOUNT" => AccountActKind.Disable,
            "ENABLE ACCOUNT" => AccountActKind.Enable,
            "RESTORE USER" => AccountActKind.Restore,
            "DELETE USER" or "HARD DELETE USER" => AccountActKind.Delete,
            "UPDATE USER" => IsEnabledAfter(target) switch
            {
                true => AccountActKind.Enable,
                false => AccountActKind.Disable,
                null => null,
            },
            _ => null,
        };

    /// <summary>The new value of <c>AccountEnabled</c>: JSON in a text, an array or one value; null when it did not change.</summary>
    private static bool? IsEnabledAfter(JsonElement target)
    {
        if (!target.TryGetProperty("modifiedProperties", out var changed) || changed.ValueKind is not JsonValueKind.Array)
        {
            return null;
        }

        foreach (var property in changed.EnumerateArray().Where(p => p.ValueKind is JsonValueKind.Object))
        {
            if (string.Equals(Text(property, "displayName"), "AccountEnabled", StringComparison.OrdinalIgnoreCase))
            {
                return Text(property, "newValue")?.Trim('[', ']', '"', '\\', ' ').ToUpperInvariant() switch
                {
                    "TRUE" => true,
                    "FALSE" => false,
                    _ => null,
                };
            }
        }

        return null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
