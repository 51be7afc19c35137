[assembly: AssemblyFixture(typeof(Rekey.Cli.Tests.Support.WarmToolsEnd))]

namespace Rekey.Cli.Tests.Support;

/// <summary>Ends the processes of the tool after the last test.</summary>
public sealed class WarmToolsEnd : IDisposable
{
    public void Dispose() => WarmTools.OfAllTests.Dispose();
}
