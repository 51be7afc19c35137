using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Core;

namespace Rekey.Cli.Server;

/// <summary>A file in the user's configuration folder that says how to reach one Rekey. It holds no secret.</summary>
internal sealed record Profile
{
    /// <summary>The profile that is read when neither a server nor a profile is named.</summary>
    public const string Default = "default";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The address of the app; https.</summary>
    public required Uri Server { get; init; }

    /// <summary>The scope of tokens for the app, such as <c>api://rekey-prod/.default</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The tenant to sign in to; null for the account's own.</summary>
    public string? Tenant { get; init; }

    /// <summary>How to sign in; by default with <c>az login</c>, which most operators have.</summary>
    public LoginKind Login { get; init; }

    /// <summary>A PEM file with an additional certificate authority; null to trust only the system's.</summary>
    public string? TrustedCa { get; init; }

    /// <summary>The address of Microsoft Graph, by which people are found by name; null for that of the public cloud.</summary>
    public Uri? Graph { get; init; }

    /// <summary>The file of a profile.</summary>
    public static string FileOf(string name) =>
        Path.Combine(
            // The folder need not exist yet; without this option its path would be empty then.
            Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "rekey",
            $"{name}.json"
        );

    /// <exception cref="CannotContinueException">There is no such profile, or its file is wrong.</exception>
    public static Profile Read(string name)
    {
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            throw new CannotContinueException(
                "profile-name",
                $"'{name}' is not the name of a profile.",
                "A name has letters, digits, '-' and '_'."
            );
        }

        var file = FileOf(name);
        try
        {
            return JsonSerializer.Deserialize<Profile>(File.ReadAllBytes(file), Json) ?? throw new JsonException("The file is empty.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw name is Default
                ? new CannotContinueException(
                    "no-server",
                    "No Rekey is named.",
                    $"Give --server <https address> with --scope, or --server local, or --profile <name>, or write {file}."
                )
                : new CannotContinueException("no-profile", $"There is no profile '{name}': no file {file}.", Form);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CannotContinueException("profile-wrong", $"{file} cannot be read: {e.Message}", Form);
        }
    }

    private const string Form =
        """Write it like this: {"server":"https://<address of the app>","scope":"api://<application>/.default","tenant":"<tenant id>"}.""";
}
