using System.Collections;

namespace Rekey.Functions.Hosting.Configuration;

/// <summary>The allowed content at a place in the configuration, from the options' types.</summary>
public abstract record SettingShape
{
    /// <summary>A single value.</summary>
    public sealed record Value(Type Type) : SettingShape;

    /// <summary>Entries of one shape, numbered in a list or named in a dictionary.</summary>
    public sealed record Entries(SettingShape Item, bool Numbered) : SettingShape;

    /// <summary>Settings by name, without case.</summary>
    public sealed record Group(IReadOnlyDictionary<string, SettingShape> Members) : SettingShape;

    /// <summary>Gives the shape of an options type: its settable properties, not the computed ones.</summary>
    public static Group Of(Type options) =>
        new(
            options
                .GetProperties()
                .Where(p => p.SetMethod is { IsPublic: true })
                .ToDictionary(p => p.Name, p => Any(p.PropertyType), StringComparer.OrdinalIgnoreCase)
        );

    /// <summary>Gives this group with further groups.</summary>
    public static Group Join(Group group, IEnumerable<KeyValuePair<string, SettingShape>> more) =>
        new(group.Members.Concat(more).ToDictionary(m => m.Key, m => m.Value, StringComparer.OrdinalIgnoreCase));

    /// <summary>Gives this group without settings that come from elsewhere and would be overwritten here.</summary>
    public static Group Without(Group group, params string[] names) =>
        new(
            group
                .Members.Where(m => !names.Contains(m.Key, StringComparer.OrdinalIgnoreCase))
                .ToDictionary(m => m.Key, m => m.Value, StringComparer.OrdinalIgnoreCase)
        );

    /// <summary>Lists every setting by path; the number of a list's entry is <c>n</c>.</summary>
    public IEnumerable<string> Paths() =>
        this switch
        {
            Group group => group.Members.SelectMany(m => m.Value.Paths().Select(p => p.Length == 0 ? m.Key : $"{m.Key}:{p}")),
            Entries entries => entries.Item.Paths().Select(p => p.Length == 0 ? "n" : $"n:{p}"),
            _ => [""],
        };

    private static SettingShape Any(Type type)
    {
        if (type == typeof(string) || type == typeof(Uri) || (Nullable.GetUnderlyingType(type) ?? type).IsValueType)
        {
            return new Value(type);
        }

        return type.IsAssignableTo(typeof(IEnumerable))
            ? new Entries(
                Any(type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[^1]),
                Numbered: type.IsArray || type.GetGenericArguments().Length == 1
            )
            : Of(type);
    }
}
