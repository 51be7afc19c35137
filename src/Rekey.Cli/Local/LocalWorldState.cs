using System.Diagnostics;
using System.Text.Json;
using Rekey.Core;

namespace Rekey.Cli.Local;

/// <summary>
/// The file in which a running local world (src/Rekey.Local) says how to reach it. The file holds secrets of this run, so only the user
/// who started the world can read it. The world deletes it when it ends. Both programs compile this type.
/// </summary>
internal sealed record LocalWorldState
{
    /// <summary>Environment variable with another path, so that several worlds can run side by side.</summary>
    public const string PathVariable = "REKEY_LOCAL_STATE";

    /// <summary>What to do when no local world runs.</summary>
    public const string HowToStart =
        "Start the local world, wait until it prints how to go on, and try again: " + "dotnet run --project src/Rekey.Local";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The address of the app.</summary>
    public required Uri Server { get; init; }

    /// <summary>Where a client gets tokens (https): the client-credentials grant of OAuth 2.0.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>The scope of tokens for the app.</summary>
    public required string Scope { get; init; }

    /// <summary>Where <c>rekey local</c> sends its commands, on the loopback address.</summary>
    public required Uri AdminEndpoint { get; init; }

    /// <summary>The bearer token of the admin endpoint.</summary>
    public required string AdminSecret { get; init; }

    /// <summary>The file of the certificate authority (PEM) of the token endpoint.</summary>
    public required string CaCertificate { get; init; }

    /// <summary>A client for each app role (Operator, Approver, Gateway, Reader), by its name, and a second approver: Approver2.</summary>
    public required IReadOnlyDictionary<string, LocalClient> Clients { get; init; }

    /// <summary>The process of the world.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Where the file lies: one place for each user, or the place that <see cref="PathVariable"/> names.</summary>
    public static string FilePath =>
        Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path
            ? path
            : Path.Combine(
                // The folder need not exist yet; without this option its path would be empty then.
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "rekey",
                "local.json"
            );

    /// <summary>Reads the file of the running world.</summary>
    /// <exception cref="CannotContinueException">There is no file, it cannot be read, or its world has ended.</exception>
    public static LocalWorldState Read()
    {
        var path = FilePath;
        LocalWorldState state;
        try
        {
            state = JsonSerializer.Deserialize<LocalWorldState>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("The file is empty.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CannotContinueException("local-world", $"No local world runs: there is no file {path}.", HowToStart);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CannotContinueException("local-world", $"{path} cannot be read: {e.Message}", HowToStart);
        }

        return Runs(state.ProcessId)
            ? state
            : throw new CannotContinueException(
                "local-world",
                $"The local world that wrote {path} has ended without deleting it.",
                HowToStart
            );
    }

    /// <summary>Writes the file, readable by its owner only, and replaces the file of an earlier world.</summary>
    public void Write()
    {
        var path = FilePath;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var fresh = $"{path}.{ProcessId}";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        // Written beside it and moved, so that no reader gets half a file.
        using (var file = new FileStream(fresh, options))
        {
            JsonSerializer.Serialize(file, this, JsonSerializerOptions.Web);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Deletes the file, unless a later world has replaced it.</summary>
    public void Delete()
    {
        var path = FilePath;
        if (
            File.Exists(path)
            && JsonSerializer.Deserialize<LocalWorldState>(File.ReadAllBytes(path), JsonSerializerOptions.Web)?.AdminSecret == AdminSecret
        )
        {
            File.Delete(path);
        }
    }

    /// <summary>Hides the secrets.</summary>
    public override string ToString() => $"{nameof(LocalWorldState)} {{ {nameof(Server)} = {Server} }}";

    private static bool Runs(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
