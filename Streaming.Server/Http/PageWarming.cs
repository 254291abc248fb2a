namespace Streaming.Server.Http;

/// <summary>Reads and compresses the pages' files when the server starts, in the background, so that the first visitors do not wait for that.</summary>
internal sealed class PageWarming(PageFiles files, ClassPage page) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(
        () =>
        {
            page.MakeReady();   // the first that is asked for
            foreach (var file in files.Current.All)
            {
                stoppingToken.ThrowIfCancellationRequested();
                file.MakeReady();
            }
        },
        stoppingToken);
}
