using Rekey.Core;

namespace Rekey.Functions.Hosting.Configuration;

/// <summary>
/// Compares the configuration with the settings that the app reads, and names every mistake. The binder's own
/// <c>ErrorOnUnknownConfiguration</c> stops after the unknown settings of one group. Without it, the binder silently drops a list's entry
/// that it cannot read, such as a governed key.
/// </summary>
internal static class SettingNames
{
    private const string UnresolvedReference = "@Microsoft.KeyVault(";

    /// <summary>Names every setting under the section that is unknown or unreadable, one sentence each.</summary>
    public static IEnumerable<string> Mistakes(IConfigurationSection root, SettingShape.Group shape)
    {
        var known = shape.Paths().ToList();
        return In(root, shape, path => Unknown(root, path, known));
    }

    private static IEnumerable<string> In(IConfigurationSection section, SettingShape shape, Func<string, string> unknown) =>
        shape switch
        {
            SettingShape.Group group => Scalar(section, "a group of settings")
                .Concat(
                    section
                        .GetChildren()
                        .SelectMany(child =>
                            group.Members.TryGetValue(child.Key, out var member)
                                ? In(child, member, unknown)
                                : Leaves(child).Select(unknown)
                        )
                ),
            SettingShape.Entries entries => Scalar(
                    section,
                    entries.Numbered ? "a list, its entries numbered from 0" : "a group of named settings"
                )
                .Concat(
                    section
                        .GetChildren()
                        .SelectMany(child =>
                            !entries.Numbered || child.Key.All(char.IsAsciiDigit)
                                ? In(child, entries.Item, unknown)
                                : Leaves(child).Select(unknown)
                        )
                ),
            SettingShape.Value value => Unreadable(section, value.Type).Concat(section.GetChildren().SelectMany(Leaves).Select(unknown)),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "There is no such shape."),
        };

    /// <summary>Checks a group or list. An empty value is JSON's <c>{}</c> or <c>[]</c>.</summary>
    private static IEnumerable<string> Scalar(IConfigurationSection section, string what) =>
        string.IsNullOrEmpty(section.Value) ? [] : [$"{section.Path} is {what}, and not one value."];

    private static IEnumerable<string> Unreadable(IConfigurationSection section, Type type)
    {
        if (section.Value?.StartsWith(UnresolvedReference, StringComparison.OrdinalIgnoreCase) is true)
        {
            // The platform passes on the reference itself when it cannot read the secret.
            return
            [
                $"{section.Path} is a Key Vault reference that the platform has not resolved: "
                    + "check that the app's identity may read the secret and that the vault's network admits it.",
            ];
        }

        try
        {
            _ = section.Get(type);
            return [];
        }
        catch (InvalidOperationException e)
        {
            return [$"{section.Path} cannot be read: {e.InnerException?.Message ?? e.Message}"];
        }
    }

    private static IEnumerable<string> Leaves(IConfigurationSection section) =>
        section.GetChildren().ToList() is { Count: > 0 } children ? children.SelectMany(Leaves) : [section.Path];

    private static string Unknown(IConfigurationSection root, string path, IReadOnlyList<string> known)
    {
        var inner = path[(root.Path.Length + 1)..];
        var numbers = new Queue<string>(inner.Split(':').Where(IsNumber));
        var nearest = Nearest(string.Join(':', inner.Split(':').Select(part => IsNumber(part) ? "n" : part)), known);
        if (nearest is null)
        {
            return $"{path} is not a setting.";
        }

        var meant = nearest
            .Split(':')
            .Select(part =>
                part != "n" ? part
                : numbers.TryDequeue(out var number) ? number
                : "0"
            );
        return $"{path} is not a setting; did you mean {root.Path}:{string.Join(':', meant)}?";
    }

    /// <summary>Gives the known path with the fewest typos, else the one of the same name in another group.</summary>
    private static string? Nearest(string path, IReadOnlyList<string> known) =>
        known.Where(k => Typos(k, path) is not null).MinBy(k => Typos(k, path))
        ?? known.FirstOrDefault(k => Last(k).Equals(Last(path), StringComparison.OrdinalIgnoreCase));

    /// <summary>Counts the typos of all words; null if one of them is another word.</summary>
    private static int? Typos(string known, string path)
    {
        var (one, other) = (known.Split(':'), path.Split(':'));
        return one.Length == other.Length ? one.Zip(other, NearestName.Typos).Aggregate((int?)0, (sum, typos) => sum + typos) : null;
    }

    private static string Last(string path) => path[(path.LastIndexOf(':') + 1)..];

    private static bool IsNumber(string part) => part.Length > 0 && part.All(char.IsAsciiDigit);
}
