using System.Collections;
using System.Globalization;
using System.Reflection;
using Rekey.Azure.Hosting;
using Rekey.Configuration;
using Rekey.DuckDb.Folders;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Security;

namespace Rekey.Functions.Tests.Reference;

/// <summary>Every setting that the app reads, with type, default and meaning, from the options classes and their documentation.</summary>
internal static class SettingsPage
{
    /// <summary>Where the options of a section come from that are not part of <see cref="RekeyOptions"/>.</summary>
    private static readonly Dictionary<string, Type> Sections = new(StringComparer.Ordinal)
    {
        ["Azure"] = typeof(AzureOptions),
        ["Auth"] = typeof(AuthOptions),
        ["Calls"] = typeof(CallOptions),
        ["LogFolder"] = typeof(FolderLogOptions),
    };

    public static string Table() => string.Join("\n", Settings.Known.GroupBy(GroupOf).Select(Group));

    private static string Group(IGrouping<string, string> group) =>
        $"### {(group.Key.Length == 0 ? "Rekey" : $"`{group.Key}`")}\n\n| setting under `Rekey:` | type | default | "
        + "meaning |\n| --- | --- | --- | --- |\n"
        + string.Concat(group.Select(Row));

    private static string GroupOf(string path)
    {
        var parts = path.Split(':');
        return parts.Length == 1 ? ""
            : Sections.ContainsKey(parts[0]) || parts[1] != "n" ? parts[0]
            : $"{parts[0]}:n";
    }

    private static string Row(string path)
    {
        var parts = path.Split(':');
        object owner = Sections.TryGetValue(parts[0], out var section) ? Activator.CreateInstance(section)! : new RekeyOptions();
        var names = section is null ? parts : parts[1..];
        PropertyInfo? property = null;
        foreach (var name in names)
        {
            if (property is not null)
            {
                var inner = property.GetValue(owner);
                if (name != "n")
                {
                    owner = inner!;
                }
                else if (ItemOf(property) is { IsClass: true } item && item != typeof(string))
                {
                    // The default of an entry's settings is what a new entry has.
                    (owner, property) = (Activator.CreateInstance(item)!, null);
                    continue;
                }
                else
                {
                    break;
                }
            }

            property = owner.GetType().GetProperty(name)!;
        }

        var meaning = XmlDocs.Of(property!);
        Assert.True(
            meaning is not null,
            $"{property!.DeclaringType}.{property.Name} has no documentation: nobody knows what Rekey:{path} means."
        );
        return ReferencePage.Row(
            $"`{path}`",
            TypeOf(names[^1] == "n" ? ItemOf(property) : property.PropertyType),
            Default(property.GetValue(owner)),
            meaning
        );
    }

    private static Type ItemOf(PropertyInfo list) => list.PropertyType.GetGenericArguments()[^1];

    private static string TypeOf(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            { IsEnum: true } values => string.Join(", ", Enum.GetNames(values).Select(n => $"`{n}`")),
            var t when t == typeof(string) => "text",
            var t when t == typeof(Uri) => "address",
            var t when t == typeof(TimeSpan) => "time span",
            var t when t == typeof(bool) => "`true` or `false`",
            var t when t == typeof(double) => "number",
            var t when t == typeof(int) || t == typeof(long) => "whole number",
            var t => throw new NotSupportedException($"How is a setting of type {t} called?"),
        };

    private static string Default(object? value) =>
        value switch
        {
            null or "" or ICollection { Count: 0 } => "none",
            TimeSpan span => $"{Words(span)} (`{span:c}`)",
            bool yes => yes ? "`true`" : "`false`",
            IFormattable number when value is int or long or double => number.ToString("#,0.##", CultureInfo.InvariantCulture),
            _ => $"`{value}`",
        };

    private static string Words(TimeSpan span) =>
        span switch
        {
            { TotalDays: >= 2 } when span.Ticks % TimeSpan.TicksPerDay == 0 => $"{span.TotalDays} days",
            { TotalHours: >= 1 } when span.Ticks % TimeSpan.TicksPerHour == 0 => $"{span.TotalHours} h",
            { TotalSeconds: >= 120 } when span.Ticks % TimeSpan.TicksPerMinute == 0 => $"{span.TotalMinutes} min",
            _ => $"{span.TotalSeconds} s",
        };
}
