using System.Runtime.CompilerServices;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Tls;

/// <summary>
/// A .NET client in a process of its own, since SSL_CERT_FILE is read once a process: the test program itself, turned into a client by an
/// environment variable before any test framework begins.
/// </summary>
internal static class TlsProbe
{
    public const int Served = 42;
    public const int Refused = 43;
    private const string Variable = "REKEY_TLS_PROBE";

    public static Task<ChildResult> RunAsync(Uri address, Dictionary<string, string> environment)
    {
        environment[Variable] = address.ToString();
        return TestProcess.RunAsync(Path.Combine(AppContext.BaseDirectory, "Rekey.Local.Tests"), [], environment);
    }

#pragma warning disable CA2255 // a program is what this is, for the length of one request
    [ModuleInitializer]
    internal static void ActAsClient()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } address)
        {
            return;
        }

        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        try
        {
            using var response = client.Send(request);
            Environment.Exit(Served);
        }
        catch (HttpRequestException)
        {
            Environment.Exit(Refused);
        }
    }
#pragma warning restore CA2255
}
